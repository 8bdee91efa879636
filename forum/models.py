"""Every table of the house, for migrations and tests: importing this knows them all."""

from forum.accounts import models as accounts
from forum.backlog import models as backlog
from forum.core import audit, jobs, outbox, workers
from forum.launches import models as launches
from forum.listening import models as listening
from forum.moderation import models as moderation
from forum.notifications import models as notifications
from forum.posts import models as posts
from forum.products import models as products
from forum.search import models as search
from forum.segments import models as segments
from forum.themes import models as themes

ALL = (
    audit,
    jobs,
    outbox,
    workers,
    accounts,
    products,
    posts,
    search,
    moderation,
    listening,
    segments,
    themes,
    backlog,
    launches,
    notifications,
)
