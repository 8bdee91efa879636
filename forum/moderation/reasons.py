"""The sentences behind reasons and decisions, put into a reader's language when they are shown."""

from forum.core.languages import mark
from forum.moderation.status import CaseKind, Decision, Purpose, Reason, ReportReason

MAX_WORDS = 500  # characters a moderator adds in their own words

# What the author reads. Each says what was wrong with the text and never anything about the person.
REASONS = {
    Reason.SPAM: mark("It advertises something, and this is not a place for advertising."),
    Reason.RUDE: mark("It goes for people. Be as sharp as you like about the product, but leave people alone."),
    Reason.PRIVATE: mark("It shows somebody's private matters, such as a full name, an address or a number plate."),
    Reason.OFF_TOPIC: mark("It is not about our products."),
    Reason.UNLAWFUL: mark("It may break the law or somebody else's rights."),
    Reason.UNCLEAR: mark("We could not make out what it is about. You are welcome to write it again with more words."),
    Reason.MISTAKE: mark("It was our mistake. We are sorry."),
    Reason.STANDS: mark("We have looked at it again, and the reason that we gave still holds."),
    Reason.TYPING: mark("We have corrected typing mistakes; it says what it said before."),
    Reason.TITLE: mark("The title now says what it is about, so that others find it."),
    Reason.TAKEN_OUT: mark("We have taken out somebody's private matters, such as a full name or a number plate."),
}

# The same, short, for the moderator to choose from.
REASON_NAMES = {
    Reason.SPAM: mark("Advertising"),
    Reason.RUDE: mark("Goes for people"),
    Reason.PRIVATE: mark("Shows private matters"),
    Reason.OFF_TOPIC: mark("Not about our products"),
    Reason.UNLAWFUL: mark("May break the law"),
    Reason.UNCLEAR: mark("Cannot be understood"),
    Reason.MISTAKE: mark("Our mistake"),
    Reason.STANDS: mark("The reason still holds"),
    Reason.TYPING: mark("Typing mistakes"),
    Reason.TITLE: mark("A title that says more"),
    Reason.TAKEN_OUT: mark("Private matters taken out"),
    Reason.OTHER: mark("Another reason, in my own words"),
}

# What the reasons that Cabin comes with are for; one's own words serve every purpose.
BUILT_IN = {
    Purpose.AWAY: (Reason.SPAM, Reason.RUDE, Reason.PRIVATE, Reason.OFF_TOPIC, Reason.UNLAWFUL, Reason.UNCLEAR),
    Purpose.BACK: (Reason.MISTAKE,),
    Purpose.STANDS: (Reason.STANDS,),
    Purpose.EDIT: (Reason.TYPING, Reason.TITLE, Reason.TAKEN_OUT),
}
PURPOSES = {
    Purpose.AWAY: mark("To ask, hide, remove, warn or suspend"),
    Purpose.BACK: mark("To put back"),
    Purpose.STANDS: mark("To keep to a decision"),
    Purpose.EDIT: mark("To edit"),
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
    ReportReason.MISPLACED: mark("Mine is about something else"),
    ReportReason.APPEAL: mark("The author objects"),
}

KINDS = {
    CaseKind.FIRST_POST: mark("First post"),
    CaseKind.CHANGED: mark("Changed as asked"),
    CaseKind.REPORT: mark("Reported"),
    CaseKind.DIRECT: mark("Unasked"),
    CaseKind.OBJECTION: mark("Mine is different"),
    CaseKind.MISPLACED: mark("Mine is about something else"),
    CaseKind.DUPLICATE: mark("Likely a duplicate"),
    CaseKind.SPAM: mark("Likely advertising"),
    CaseKind.APPEAL: mark("Objection to a decision"),
}

COMMENT_KINDS = KINDS | {
    CaseKind.FIRST_POST: mark("First comment"),
    CaseKind.CHANGED: mark("Comment changed as asked"),
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
    Decision.REVERTED: mark("Put the words back"),
    Decision.PASSED_ON: mark("Pass it on"),
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
    Decision.EDITED: mark("Edited"),
    Decision.REVERTED: mark("Words put back"),
    Decision.PASSED_ON: mark("Passed on to those who sort the themes"),
}
