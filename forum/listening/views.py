"""The pages of listening."""

from flask import Blueprint

bp = Blueprint("listening", __name__)
