"""Cabin: a self-hosted customer co-innovation forum, from complaint to theme to launch."""

__version__ = "0.1.0"
