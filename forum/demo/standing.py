"""What outlives the demo, because it stands on posts that were not planted, and what goes: conditions and numbers.

Posts that were imported or typed here stay, also those typed while signed in as a demo person: their author becomes
unknown. Themes with such posts stay, and items for which such posts speak, with their launches and decisions.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.backlog.models import BacklogItem, Evidence
from forum.core.languages import ngettext
from forum.core.people import Role
from forum.posts.models import Comment, Post
from forum.products.models import Product
from forum.themes.models import Theme, ThemeMember

_DEMO_PEOPLE = sa.select(User.id).where(User.is_demo)
_DEMO_PRODUCTS = sa.select(Product.id).where(Product.is_demo)
_REAL_POSTS = sa.select(Post.id).where(~Post.is_demo)
_WITH_MEMBERS = sa.select(ThemeMember.theme_id).where(ThemeMember.post_id.in_(_REAL_POSTS))
_SPOKEN_FOR = sa.select(Evidence.item_id).where(Evidence.removed_at.is_(None), Evidence.post_id.in_(_REAL_POSTS))

PRODUCT_GOES = sa.and_(Product.is_demo, ~sa.exists().where(Post.product_id == Product.id, ~Post.is_demo))
THEME_GOES = sa.and_(
    sa.or_(Theme.is_demo, Theme.product_id.in_(_DEMO_PRODUCTS)),
    Theme.id.not_in(_WITH_MEMBERS),
    sa.or_(Theme.heir_id.is_(None), Theme.heir_id.not_in(_WITH_MEMBERS)),
)
ITEM_GOES = sa.and_(
    sa.or_(BacklogItem.is_demo, BacklogItem.product_id.in_(_DEMO_PRODUCTS)), BacklogItem.id.not_in(_SPOKEN_FOR)
)


@dataclass(frozen=True)
class Outlook:
    """How much goes with the demo and how much stays."""

    posts: int  # planted
    people: int
    real_comments: int  # below posts that go, by people who stay
    comments: int  # typed as a demo person below posts that stay
    themes: int
    items: int
    own_themes: int  # of those that go: what people made here themselves
    own_items: int
    kept_posts: int
    nameless_posts: int  # of those that stay: typed as a demo person
    kept_themes: int
    kept_items: int
    admins: int  # who can sign in afterwards

    @property
    def going(self) -> list[str]:
        """What goes, in words."""
        lines = (
            ngettext(
                "{n} demo post, with its votes and comments",
                "{n} demo posts, with their votes and comments",
                self.posts,
            ),
            self.real_comments
            and ngettext(
                "{n} comment of these was written by somebody real",
                "{n} comments of these were written by somebody real",
                self.real_comments,
            ),
            self.people
            and ngettext(
                "{n} demo person, who can no longer sign in", "{n} demo people, who can no longer sign in", self.people
            ),
            self.comments
            and ngettext(
                "{n} comment or answer that was typed as a demo person",
                "{n} comments and answers that were typed as a demo person",
                self.comments,
            ),
            self.themes
            and ngettext("{n} theme without any other post", "{n} themes without any other post", self.themes),
            self.own_themes
            and ngettext(
                "{n} theme of these was made here by hand",
                "{n} themes of these were made here by hand",
                self.own_themes,
            ),
            self.items
            and ngettext(
                "{n} item for which no other post speaks, with its decisions and launches",
                "{n} items for which no other post speaks, with their decisions and launches",
                self.items,
            ),
            self.own_items
            and ngettext(
                "{n} item of these was promoted here by hand",
                "{n} items of these were promoted here by hand",
                self.own_items,
            ),
        )
        return [str(line) for line in lines if line]

    @property
    def staying(self) -> list[str]:
        """What stays, in words; nothing when everything goes."""
        lines = (
            self.kept_posts
            and ngettext(
                "{n} post that was imported or written here",
                "{n} posts that were imported or written here",
                self.kept_posts,
            ),
            self.nameless_posts
            and ngettext(
                "{n} post of these was typed as a demo person; its author becomes unknown",
                "{n} posts of these were typed as a demo person; their author becomes unknown",
                self.nameless_posts,
            ),
            self.kept_themes and ngettext("{n} theme with such posts", "{n} themes with such posts", self.kept_themes),
            self.kept_items
            and ngettext(
                "{n} item for which such posts speak, with its decisions and launches",
                "{n} items for which such posts speak, with their decisions and launches",
                self.kept_items,
            ),
        )
        return [str(line) for line in lines if line]


def look_ahead(session: Session) -> Outlook:
    """Count what removing the demo would take away and leave."""

    def count(*conditions: sa.ColumnElement[bool] | InstrumentedAttribute[bool]) -> int:
        return session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0

    return Outlook(
        posts=count(Post.is_demo),
        people=count(User.is_demo),
        real_comments=count(Comment.author_id.not_in(_DEMO_PEOPLE), Comment.post_id.not_in(_REAL_POSTS)),
        comments=count(Comment.author_id.in_(_DEMO_PEOPLE), Comment.post_id.in_(_REAL_POSTS)),
        themes=count(THEME_GOES),
        items=count(ITEM_GOES),
        own_themes=count(THEME_GOES, ~Theme.is_demo),
        own_items=count(ITEM_GOES, ~BacklogItem.is_demo),
        kept_posts=count(~Post.is_demo),
        nameless_posts=count(~Post.is_demo, Post.author_id.in_(_DEMO_PEOPLE)),
        kept_themes=count(~THEME_GOES),
        kept_items=count(~ITEM_GOES),
        admins=count_admins(session, but_demo=True),
    )


def count_admins(session: Session, *, but_demo: bool = False) -> int:
    """How many admins can sign in, those of the demo left out if asked."""
    query = (
        sa.select(sa.func.count())
        .select_from(UserRole)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.ADMIN, User.state == AccountState.ACTIVE)
    )
    return session.scalar(query.where(~User.is_demo) if but_demo else query) or 0
