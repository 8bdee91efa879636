"""A bare Flask page of any size: `/16000` answers with so many bytes of HTML, and does nothing else."""

from flask import Flask


def create_app() -> Flask:
    """The barest application that could send as much."""
    app = Flask("same", static_folder=None)

    @app.route("/<int:size>", methods=["GET", "POST"])
    def page(size: int) -> str:
        return "x" * size

    return app
