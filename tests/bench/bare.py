"""The least that could show the same pages: Flask, SQLAlchemy Core and Jinja, with nothing else.

No sign-in, permissions, translations, headers or limits. What stands round the rows is taken from the real
pages (`frames.json`), so that both send as many bytes; rows are read from the same database.
"""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, redirect, render_template, request
from flask_compress import Compress
from markupsafe import Markup
from pysqlite3 import dbapi2
from sqlalchemy.dialects import sqlite

from config import settings
from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.posts.models import Comment, Post, Vote
from forum.posts.status import Interest
from forum.products.models import Area

HERE = Path(__file__).parent

_fts = sa.table("posts_fts", sa.column("rowid", sa.Integer))
_CARD = (
    Post.id,
    Post.title,
    Post.excerpt,
    Post.language.label("lang"),
    sa.type_coerce(Post.kind, sa.String).label("kind"),
    sa.type_coerce(Post.status, sa.String).label("status"),
    Area.slug.label("area"),
    Post.votes,
    Post.comments,
    Post.unanswered_key,
)
_CARDS = sa.select(*_CARD).join(Area, Area.id == Post.area_id)
FRONT = _CARDS.where(Post.trending_key < sa.bindparam("after")).order_by(Post.trending_key.desc()).limit(30)
SEARCH = (
    _CARDS.join(_fts, _fts.c.rowid == Post.id)
    .where(sa.literal_column("posts_fts").op("MATCH")(sa.bindparam("words")))
    .order_by(sa.literal_column("posts_fts.rank"))
    .limit(30)
)
POST = (
    sa.select(Post.title, Post.body_html, Post.created_at, Area.slug.label("area"), User.display_name.label("author"))
    .join(Area, Area.id == Post.area_id)
    .join(User, User.id == Post.author_id)
    .where(Post.id == sa.bindparam("post"))
)
COMMENTS = (
    sa.select(Comment.id, Comment.body_html, Comment.created_at, User.display_name.label("author"))
    .join(User, User.id == Comment.author_id)
    .where(Comment.post_id == sa.bindparam("post"))
    .order_by(Comment.thread_key)
    .limit(100)
)


def open_database() -> sa.Engine:
    """The bench's database with the settings that the real site gives it."""
    engine = sa.create_engine(f"sqlite:///{settings().data_dir / 'forum.db'}", module=dbapi2)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-2000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def create_app() -> Flask:
    """The bare application."""
    app = Flask("bare", template_folder=str(HERE / "templates"), static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(COMPRESS_ALGORITHM=["gzip"], COMPRESS_LEVEL=4)
    Compress(app)  # does nothing unless it is asked to
    frames = {
        name: [Markup(part) for part in parts]
        for name, parts in json.loads((settings().data_dir / "frames.json").read_text()).items()
    }
    _add_pages(app, open_database(), frames)
    return app


def _add_pages(app: Flask, engine: sa.Engine, frames: dict[str, list[Markup]]) -> None:
    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/")
    def front() -> str:
        after = int(request.args.get("after", 2**62))
        with engine.connect() as connection:
            rows = connection.execute(FRONT, {"after": after}).all()
        return render_template("front.html", rows=rows, frame=frames["front"])

    @app.get("/search")
    def search() -> str:
        words = " AND ".join(f'"{word}"' for word in request.args["stems"].split())
        with engine.connect() as connection:
            rows = connection.execute(SEARCH, {"words": words}).all()
        return render_template("front.html", rows=rows, frame=frames["search"])

    @app.get("/posts/<int:post_id>")
    def show(post_id: int) -> str:
        with engine.connect() as connection:
            post = connection.execute(POST, {"post": post_id}).one()
            comments = connection.execute(COMMENTS, {"post": post_id}).all()
        return render_template("post.html", post=post, comments=comments, frame=frames["post"])

    @app.post("/posts/<int:post_id>/vote")
    def vote(post_id: int) -> str:
        user_id = int(request.form["user"])
        with engine.begin() as connection:
            cast = sqlite.insert(Vote).values(
                post_id=post_id, user_id=user_id, interest=Interest.WANT, cast_at=utcnow(), is_counted=True
            )
            if connection.execute(cast.on_conflict_do_nothing()).rowcount:
                connection.execute(sa.update(Post).where(Post.id == post_id).values(votes=Post.votes + 1))
        return f"<button>{post_id}</button>"

    @app.post("/posts/new")
    def new() -> Response:
        values = {name: request.form[name] for name in ("title", "body")}
        with engine.begin() as connection:
            made = connection.execute(_insert_post(values, int(request.form["area_id"]), int(request.form["user"])))
        return redirect(f"/posts/{made.inserted_primary_key[0]}")  # type: ignore[return-value,index]


def _insert_post(values: dict[str, str], area_id: int, user_id: int) -> Any:
    now = utcnow()
    return sa.insert(Post).values(
        **values,
        body_html=f"<p>{Markup.escape(values['body'])}</p>",
        excerpt=values["body"][:160],
        product_id=1,
        area_id=area_id,
        author_id=user_id,
        kind="COMPLAINT",
        created_at=now,
        published_at=now,
        is_listed=True,
    )
