"""The command `flask --app wsgi listen`."""

from flask.cli import AppGroup

listen = AppGroup("listen", help="Hear what customers say elsewhere.")
