"""Demo content, written for this, and the command that plants and removes it."""
