"""The command `flask --app wsgi themes`."""

from flask.cli import AppGroup

themes = AppGroup("themes", help="Themes: runs of the engine.")
