"""The pages of launches."""

from flask import Blueprint

bp = Blueprint("launches", __name__)
