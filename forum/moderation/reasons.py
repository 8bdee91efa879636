"""The sentences behind reasons and decisions, put into a reader's language when they are shown."""

from forum.core.errors import Invalid
from forum.core.languages import _, mark, speaking
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason

MAX_WORDS = 500  # characters a moderator adds in their own words

# What the author reads. Each says what was wrong with the text and never anything about the person.
REASONS = {
    Reason.SPAM: mark("It advertises something, and this is not a place for advertising."),
    Reason.RUDE: mark("It goes for people. Be as sharp as you like about the product, but leave people alone."),
    Reason.PRIVATE: mark("It shows somebody's private matters, such as a full name, an address or a number plate."),
    Reason.OFF_TOPIC: mark("It is not about our products."),
    Reason.UNLAWFUL: mark("It may break the law or somebody else's rights."),
    Reason.UNCLEAR: mark("We could not make out what it is about. You are welcome to write it again with more words."),
    Reason.MISTAKE: mark("Taking it away was our mistake. We are sorry."),
}

# The same, short, for the moderator to choose from.
REASON_NAMES = {
    Reason.SPAM: mark("Advertising"),
    Reason.RUDE: mark("Goes for people"),
    Reason.PRIVATE: mark("Shows private matters"),
    Reason.OFF_TOPIC: mark("Not about our products"),
    Reason.UNLAWFUL: mark("May break the law"),
    Reason.UNCLEAR: mark("Cannot be understood"),
    Reason.MISTAKE: mark("Our mistake (to restore)"),
    Reason.OTHER: mark("Another reason, in my own words"),
}

REPORT_REASONS = {
    ReportReason.SPAM: mark("It is advertising"),
    ReportReason.RUDE: mark("It goes for people"),
    ReportReason.PRIVATE: mark("It shows somebody's private matters"),
    ReportReason.OFF_TOPIC: mark("It is not about the products"),
    ReportReason.OTHER: mark("Something else"),
}
OBJECTIONS = {
    ReportReason.DIFFERENT: mark("Mine is different"),
    ReportReason.APPEAL: mark("The author objects"),
}

KINDS = {
    CaseKind.FIRST_POST: mark("First post"),
    CaseKind.REPORT: mark("Reported"),
    CaseKind.DIRECT: mark("Unasked"),
    CaseKind.OBJECTION: mark("Mine is different"),
    CaseKind.DUPLICATE: mark("Likely a duplicate"),
    CaseKind.SPAM: mark("Likely advertising"),
    CaseKind.APPEAL: mark("Objection to a decision"),
}

COMMENT_KINDS = KINDS | {
    CaseKind.FIRST_POST: mark("First comment"),
    CaseKind.REPORT: mark("Comment reported"),
}

BUTTONS = {
    Decision.APPROVED: mark("Approve"),
    Decision.KEPT: mark("Keep"),
    Decision.ASKED: mark("Ask"),
    Decision.HIDDEN: mark("Hide"),
    Decision.REMOVED: mark("Remove"),
    Decision.RESTORED: mark("Restore"),
    Decision.SEPARATED: mark("Undo the merge"),
}

# What is said when somebody else was faster, and in the log.
DECIDED = {
    Decision.APPROVED: mark("Approved"),
    Decision.KEPT: mark("Kept as it is"),
    Decision.HIDDEN: mark("Hidden"),
    Decision.REMOVED: mark("Removed"),
    Decision.RESTORED: mark("Restored"),
    Decision.ASKED: mark("Sent back with a question"),
    Decision.MERGED: mark("Merged"),
    Decision.SEPARATED: mark("Separated again"),
}


def sentence(reason: Reason, words: str, language: str) -> str:
    """What the author reads, in the author's `language`: the library's sentence and the moderator's own words.

    Raises `Invalid` when there is neither.
    """
    words = " ".join(words.split())
    with speaking(language):
        library = _(REASONS[reason]) if reason in REASONS else ""
    whole = f"{library} {words}".strip()
    if not whole:
        raise Invalid(fields={"words": _("Write the reason; its author reads it.")})
    return whole
