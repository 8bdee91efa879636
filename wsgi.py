"""Where servers and the flask command find the application."""

import os

from forum.app import create_app

os.umask(0o077)  # what the site writes (database, mail, imports) only its owner reads; servers and commands alike

app = create_app()
