"""Finding posts by their words, and finding similar ones."""
