"""The command `flask --app wsgi users`."""

from flask.cli import AppGroup

users = AppGroup("users", help="People and their roles.")
