"""What happens to posts, told to later stages in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PostSubmitted:
    """A new person's post waits for a moderator."""

    post_id: int


@dataclass(frozen=True)
class PostPublished:
    """Everybody can read the post from now on: it is open and public."""

    post_id: int
    is_new: bool = False  # written in this transaction, so that nothing of a later stage can hang on it yet


@dataclass(frozen=True)
class PostChanged:
    """The words, area, language or severity of a post changed; it may be listed or not."""

    post_id: int


@dataclass(frozen=True)
class PostUnlisted:
    """Not everybody can read the post any more: it was hidden, removed, merged or made private."""

    post_id: int


@dataclass(frozen=True)
class VoteChanged:
    """Somebody voted, went further, or withdrew."""

    post_id: int
    user_id: int
    product_id: int
    theme_id: int | None  # one that counts the vote at this moment, so that nobody need look it up each time


@dataclass(frozen=True)
class CommentSubmitted:
    """A new person's comment waits for a moderator."""

    comment_id: int
    post_id: int


@dataclass(frozen=True)
class CommentAdded:
    """A comment can be read from now on, or the team made an internal note."""

    comment_id: int
    post_id: int


@dataclass(frozen=True)
class PostAnswered:
    """The company answered a post officially for the first time."""

    post_id: int


@dataclass(frozen=True)
class PostMerged:
    """A post was joined with another that says the same: everybody concerned reads on there from now on."""

    post_id: int
    into_id: int
    by_id: int


@dataclass(frozen=True)
class MergeUndone:
    """A post that was joined with another stands by itself again, with whatever is joined with it."""

    post_id: int
    into_id: int
    by_id: int


@dataclass(frozen=True)
class PostSplit:
    """Some words of a post became posts of their own, all with one press."""

    post_id: int
    new_ids: tuple[int, ...]
    by_id: int


@dataclass(frozen=True)
class PostMoved:
    """A moderator put a post into another area."""

    post_id: int
    from_area_id: int
    to_area_id: int
    by_id: int


@dataclass(frozen=True)
class PostErased:
    """The words of a post are about to go for good; whoever quotes them, or learnt from them, forgets them now.

    They can be read while this is told, and not afterwards.
    """

    post_id: int


@dataclass(frozen=True)
class CommentErased:
    """The words of a comment go for good; its place stays where others replied."""

    comment_id: int
    post_id: int
