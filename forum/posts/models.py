"""Posts and what people add to them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Json, Model
from forum.posts.status import Interest, Kind, Moderation, Severity, Status, Visibility, Voice


def _partial(name: str, *columns: str, given: str = "", unique: bool = False) -> sa.Index:
    """An index of the rows in which the column `given`, or else the last one, has a value."""
    has_value = sa.text(f"{given or columns[-1]} IS NOT NULL")
    return sa.Index(name, *columns, unique=unique, sqlite_where=has_value, postgresql_where=has_value)


class Post(Model):
    """A complaint or an idea.

    Each order of the board has one stored, unique, indexed key (`core.paging.sort_key`), null where the
    post does not belong in that order. The keys and counters are kept by `posts.counting`.
    """

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("areas.id"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # None: imported without one
    kind: Mapped[Kind]
    title: Mapped[str] = mapped_column(sa.String(140))
    markup_version: Mapped[int] = mapped_column(default=0)
    excerpt: Mapped[str] = mapped_column(sa.String(200), default="")  # one plain line for lists
    language: Mapped[str] = mapped_column(sa.String(8), default="und")  # BCP 47
    severity: Mapped[Severity | None]
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.PUBLIC)
    moderation: Mapped[Moderation] = mapped_column(default=Moderation.WAITING)
    moderation_reason: Mapped[str] = mapped_column(sa.Text, default="")  # what the author reads
    status: Mapped[Status] = mapped_column(default=Status.NEW)
    source: Mapped[str] = mapped_column(sa.String(40), default="site")  # "site", "import", later mail, feed, api
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"))  # the next one up its tree
    survivor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"))  # the top of that tree, which counts all
    theme_id: Mapped[int | None]  # written by the themes stage, which stands above: no foreign key

    created_at: Mapped[datetime]  # when it was written
    is_dated: Mapped[bool] = mapped_column(default=True)  # False: nobody said when, and it is the day of the import
    published_at: Mapped[datetime | None]  # when others could first read it
    edited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # first official answer
    last_answered_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]  # last time the team decided anything about it

    is_locked: Mapped[bool] = mapped_column(default=False)  # what is there stays; nothing is added, but for the team
    pinned_until: Mapped[datetime | None]  # until then it stands above the others of its area
    is_pinned_on_board: Mapped[bool] = mapped_column(default=False)  # and then above all others, too

    is_listed: Mapped[bool] = mapped_column(default=False)  # public and open: what everybody may read
    votes: Mapped[int] = mapped_column(default=0)
    votes_try: Mapped[int] = mapped_column(default=0)  # of those, would try it
    votes_buy: Mapped[int] = mapped_column(default=0)  # of those, would buy it
    effective_votes: Mapped[float] = mapped_column(default=0.0)  # without bursts
    comments: Mapped[int] = mapped_column(default=0)  # public ones
    views: Mapped[int] = mapped_column(default=0)  # distinct readers, while views are owed

    newest_key: Mapped[int | None] = mapped_column(sa.BigInteger)
    wanted_key: Mapped[int | None] = mapped_column(sa.BigInteger)
    trending_key: Mapped[int | None] = mapped_column(sa.BigInteger)
    answered_key: Mapped[int | None] = mapped_column(sa.BigInteger)
    owed_key: Mapped[int | None] = mapped_column(sa.BigInteger)  # null once enough people have seen it
    unanswered_key: Mapped[int | None] = mapped_column(sa.BigInteger)  # null once answered; imports come last

    version: Mapped[int] = mapped_column(default=1)  # counts edits; a stale one is a Conflict
    is_demo: Mapped[bool] = mapped_column(default=False)

    # Long text stands last: lists read everything before it without walking through it.
    body: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown as typed
    body_html: Mapped[str] = mapped_column(sa.Text, default="")  # what markup.render made of it

    # A null key is in no list, and most posts have no answer, theme or merge: those stand in no such index, which
    # halves what posting has to write.
    __table_args__ = (
        *(
            _partial(f"ix_posts_{key}", key, unique=True)
            for key in (
                "newest_key",
                "wanted_key",
                "trending_key",
                "answered_key",
                "owed_key",
                "unanswered_key",
            )
        ),
        _partial("ix_posts_area_trending", "area_id", "trending_key"),
        _partial("ix_posts_area_wanted", "area_id", "wanted_key"),
        _partial("ix_posts_area_answered", "area_id", "answered_key"),
        _partial("ix_posts_area_unanswered", "area_id", "unanswered_key"),
        _partial("ix_posts_theme", "theme_id", "newest_key", given="theme_id"),
        _partial("ix_posts_merged_into_id", "merged_into_id"),
        _partial("ix_posts_survivor_id", "survivor_id"),
        _partial("ix_posts_pinned_until", "pinned_until"),
        sa.Index("ix_posts_author", "author_id", "id"),
        sa.Index("ix_posts_area_newest", "area_id", "newest_key"),
        sa.Index("ix_posts_status_newest", "status", "newest_key"),
        sa.Index("ix_posts_product_listed", "product_id", "is_listed", "created_at"),
        sa.Index("ix_posts_moderation", "moderation", "created_at"),
    )


class Vote(Model):
    """One person's vote on one post; the key makes a second one impossible."""

    __tablename__ = "votes"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    interest: Mapped[Interest] = mapped_column(default=Interest.WANT)
    cast_at: Mapped[datetime]
    is_counted: Mapped[bool] = mapped_column(default=True)  # False until the voter's address is verified

    __table_args__ = (sa.Index("ix_votes_post_cast", "post_id", "cast_at"), {"sqlite_with_rowid": False})


class Comment(Model):
    """A reply to a post, or with a parent a reply to a reply; `thread_key` is its place."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    voice: Mapped[Voice] = mapped_column(default=Voice.PERSONAL)
    department: Mapped[str] = mapped_column(sa.String(60), default="")  # of the official voice, on that day
    is_internal: Mapped[bool] = mapped_column(default=False)  # a note that only the team sees
    body: Mapped[str] = mapped_column(sa.Text)
    body_html: Mapped[str] = mapped_column(sa.Text)
    markup_version: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(8), default="und")
    moderation: Mapped[Moderation] = mapped_column(default=Moderation.OPEN)
    moderation_reason: Mapped[str] = mapped_column(sa.Text, default="")
    thread_key: Mapped[str] = mapped_column(sa.String(24), default="")  # parent's id, then its own
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.Index("ix_comments_thread", "post_id", "thread_key"),)


class Revision(Model):
    """How a post or comment read before an edit."""

    __tablename__ = "revisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(140), default="")
    body: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime]
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # why a moderator replaced it, as its author reads it
    is_closed: Mapped[bool] = mapped_column(default=False)  # only its author and the moderators read it any more


class Follow(Model):
    """Somebody wants to hear what becomes of a post, area, theme or item."""

    __tablename__ = "follows"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(10), primary_key=True)  # "post"; later area, theme, item
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]

    __table_args__ = (sa.Index("ix_follows_subject", "subject", "subject_id"),)


class TimelineEntry(Model):
    """One sentence of *what became of it*: stored as kind and values, worded in the reader's language."""

    __tablename__ = "timeline_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_public: Mapped[bool] = mapped_column(default=True)
    values: Mapped[Json] = mapped_column(default=dict)

    __table_args__ = (sa.Index("ix_timeline_entries_post", "post_id", "at"),)


class Merge(Model):
    """A post joined to another as a link and not a move; undoing it restores both."""

    __tablename__ = "merges"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    before: Mapped[Json] = mapped_column(default=dict)  # what undoing puts back


class Split(Model):
    """Some words of a post became a post of their own; the text they stand in stays as it is."""

    __tablename__ = "splits"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), unique=True)
    words: Mapped[str] = mapped_column(sa.Text)  # as they stood in the post on that day
    split_at: Mapped[datetime]
    split_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class SplitAnswer(Model):
    """Somebody who voted for a post that was split has said which parts they meant, and is not asked again."""

    __tablename__ = "split_answers"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    answered_at: Mapped[datetime]  # parts that were split off later are asked about again

    __table_args__ = ({"sqlite_with_rowid": False},)


class Draft(Model):
    """A post written before signing in, or not sent yet; kept for 30 days."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    fields: Mapped[Json]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Picture(Model):
    """A picture beside the words of a post, or of a draft of one; its file lies in the data folder under `name`."""

    __tablename__ = "pictures"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(sa.ForeignKey("drafts.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(50), unique=True)  # random, with the ending of its kind
    width: Mapped[int]  # pixels, of the picture as it is kept
    height: Mapped[int]
    size: Mapped[int]  # bytes, of the file as it is kept
    alt: Mapped[str] = mapped_column(sa.String(300), default="")  # what it shows, for those who do not see it
    added_at: Mapped[datetime]


class PictureChange(Model):
    """A picture came to a post that others could read already, went, or was described in other words."""

    __tablename__ = "picture_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(sa.String(10))  # "added", "removed", "described"
    alt: Mapped[str] = mapped_column(sa.String(300))  # what it shows, from then on or until then


class PostReader(Model):
    """That somebody has seen a post to which views are owed; the hash has a daily salt."""

    __tablename__ = "post_readers"
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id"), primary_key=True)
    reader_hash: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date)

    __table_args__ = ({"sqlite_with_rowid": False},)
