"""Products and their areas, each with its openness."""
