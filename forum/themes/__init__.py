"""Themes: runs of the engine, review, steering and versions."""
