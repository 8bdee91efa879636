"""Hearing customers elsewhere: imports of what they said."""
