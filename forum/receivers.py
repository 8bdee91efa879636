"""Every receiver of the house: importing this is what lets later stages hear what earlier ones publish."""

from forum.backlog import receivers as backlog
from forum.launches import receivers as launches
from forum.moderation import receivers as moderation
from forum.notifications import receivers as notifications
from forum.posts import receivers as posts
from forum.search import receivers as search
from forum.segments import receivers as segments
from forum.themes import receivers as themes

ALL = (backlog, launches, moderation, notifications, posts, search, segments, themes)
