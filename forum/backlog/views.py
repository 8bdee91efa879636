"""The pages of backlog."""

from flask import Blueprint

bp = Blueprint("backlog", __name__)
