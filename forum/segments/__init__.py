"""Segments: what is known of people and companies, brought in as a file, and what the team weighs by it."""
