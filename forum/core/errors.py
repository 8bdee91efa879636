"""What can go wrong for a reader, each with a status, a title and a sentence that says what to do next."""

from babel.support import LazyProxy

from forum.core.languages import _, lazy, span_words


class ForumError(Exception):
    """An error that a reader may see; `message` is in the reader's language.

    Given `lazy` words, `str()` of the error speaks the language of whoever reads it later.
    """

    status = 400
    code = "error"  # stable, for programs
    title = lazy("That did not work")

    def __init__(self, message: str | LazyProxy = "") -> None:
        super().__init__(message or self.title)
        self.message = str(message or self.title)


class NotFound(ForumError):
    """There is no such thing, or this reader may not know of it."""

    status = 404
    code = "not_found"
    title = lazy("There is nothing here")


class Gone(ForumError):
    """What was here, for everybody to read, was erased; `onward` is what its link says and the local address."""

    status = 410
    code = "gone"
    title = lazy("This is gone for good")

    def __init__(self, message: str, onward: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.onward = onward


class NotAllowed(ForumError):
    """The reader may not do this; the message says who may."""

    status = 403
    code = "not_allowed"
    title = lazy("You may not do that here")


class SignInNeeded(ForumError):
    """The reader must sign in first."""

    status = 401
    code = "sign_in_needed"
    title = lazy("Please sign in first")


class Conflict(ForumError):
    """Somebody was faster, or it is so already."""

    status = 409
    code = "conflict"
    title = lazy("That has changed meanwhile")


class Invalid(ForumError):
    """What was sent cannot be used; `fields` maps field names to sentences shown beside them."""

    status = 422
    code = "invalid"
    title = lazy("Something needs another look")

    def __init__(self, message: str | LazyProxy = "", *, fields: dict[str, str] | None = None) -> None:
        self.fields = fields or {}
        super().__init__(message or next(iter(self.fields.values()), ""))


class TooLarge(ForumError):
    """More was sent than is taken."""

    status = 413
    code = "too_large"
    title = lazy("That is too large")


class TooMany(ForumError):
    """A limit was reached; `retry_after` says in how many seconds to try again."""

    status = 429
    code = "too_many"
    title = lazy("That was a little fast")

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message or _("You can try again in {time}.", time=span_words(retry_after)))
        self.retry_after = retry_after


class Unavailable(ForumError):
    """The site cannot do this at the moment and will recover by itself."""

    status = 503
    code = "unavailable"
    title = lazy("The site needs a moment")
    retry_after = 5


def require(allowed: bool, message: str) -> None:
    """Raise `NotAllowed` with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message)
