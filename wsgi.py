"""Where servers and the flask command find the application."""

from forum.app import create_app

app = create_app()
