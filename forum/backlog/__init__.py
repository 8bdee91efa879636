"""The innovation backlog: promotion, evidence, score, decisions, roadmap."""
