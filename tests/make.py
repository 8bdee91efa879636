"""Makes rows for tests, straight through the models, with sensible values for what does not matter."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from forum.accounts.erasing import erase_person
from forum.accounts.models import Organisation, User, UserRole
from forum.accounts.names import skeleton
from forum.accounts.sessions import reader_from
from forum.core import markup
from forum.core.clock import utcnow
from forum.core.people import Reader, Role
from forum.posts import counting
from forum.posts.erasing import forget_some
from forum.posts.models import Comment, Post, Vote
from forum.posts.status import Interest, Kind, Moderation, Visibility, Voice
from forum.products.models import Area, Product
from forum.products.status import Openness
from forum.themes.models import EarlyWarning, Theme, ThemeMember
from forum.themes.status import Placing, Solidity

_numbers = count(1)


class Make:
    """Everything a test may want to exist; each method adds, flushes and returns the row."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._product: Product | None = None
        self._area: Area | None = None

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def person(self, name: str = "", *roles: Role, **values: Any) -> User:
        """A person with a verified address, past their first post; with `roles` one of the team."""
        n = next(_numbers)
        name = name or f"Person {n}"
        email = values.pop("email", f"person{n}@example.com")
        fixed: dict[str, Any] = {
            "display_name": name,
            "name_skeleton": skeleton(name),
            "email": email,
            "email_key": email.casefold(),
            "verified_at": utcnow(),
            "approved_posts": 1,
            "created_at": utcnow(),
            "language": "en",
        }
        user: User = self._add(User(**fixed | values))
        for role in roles:
            self._add(UserRole(user_id=user.id, role=role))
        return user

    def reader(self, name: str = "", *roles: Role, **values: Any) -> Reader:
        """A new person, as services take them."""
        return reader_from(self.session, self.person(name, *roles, **values))

    def as_reader(self, user: User) -> Reader:
        """An existing person, as services take them."""
        return reader_from(self.session, user)

    def erase(self, person: User, *, keeps_words: bool = False) -> None:
        """Erase an account as its owner does, with all that is forgotten after the request."""
        erase_person(self.session, person, keeps_words=keeps_words, by=self.as_reader(person))
        while forget_some(self.session, person.id, keeps_words=keeps_words):
            pass

    def moderator(self) -> User:
        """A moderator."""
        return self.person("", Role.MODERATOR, department="Community")

    def manager(self) -> User:
        """A product manager."""
        return self.person("", Role.MANAGER, department="Product")

    def admin(self, **values: Any) -> User:
        """An admin."""
        return self.person("", Role.ADMIN, department="IT", **values)

    def organisation(self, name: str = "") -> Organisation:
        """A customer's employer."""
        organisation: Organisation = self._add(Organisation(name=name or f"Organisation {next(_numbers)}"))
        return organisation

    def product(self, slug: str = "", **values: Any) -> Product:
        """A product."""
        slug = slug or f"product-{next(_numbers)}"
        product: Product = self._add(Product(slug=slug, name={"en": slug.title()}, created_at=utcnow(), **values))
        return product

    def area(self, slug: str = "", openness: Openness = Openness.CO_CREATE, **values: Any) -> Area:
        """An area, by default open, of the test's first product."""
        if "product_id" not in values:
            self._product = self._product or self.product()
            values["product_id"] = self._product.id
        slug = slug or f"area-{next(_numbers)}"
        why = values.pop("why", {"en": f"Because of {slug}."})
        area: Area = self._add(
            Area(
                slug=slug,
                name={"en": slug.title()},
                own_openness=openness,
                openness=openness,
                own_why=why,
                why=why,
                **values,
            )
        )
        return area

    def post(self, title: str = "", **values: Any) -> Post:
        """A public open complaint in the test's first area, written and published now."""
        n = next(_numbers)
        area = values.pop("area", None)
        if area is None and "area_id" not in values:
            area = self._area = self._area or self.area()
        if area is not None:
            values |= {"area_id": area.id, "product_id": area.product_id}
        author = values.pop("author", None)
        if author is None and "author_id" not in values:
            author = self.person()
        when: datetime = values.pop("when", utcnow() - timedelta(minutes=1))
        body = values.pop("body", f"It happens every morning, number {n}.")
        fixed: dict[str, Any] = {
            "title": title or f"Something is wrong {n}",
            "body": body,
            "body_html": markup.render(body),
            "markup_version": markup.MARKUP_VERSION,
            "excerpt": markup.plain(body, 160),
            "kind": Kind.COMPLAINT,
            "language": "en",
            "visibility": Visibility.PUBLIC,
            "moderation": Moderation.OPEN,
            "created_at": when,
            "published_at": when,
        }
        if author is not None:
            fixed["author_id"] = author.id
        post: Post = self._add(Post(**fixed | values))
        counting.refresh_keys(post)
        self.session.flush()
        return post

    def vote(self, post: Post, person: User | None = None, interest: Interest = Interest.WANT) -> Vote:
        """A counted vote."""
        person = person or self.person()
        vote: Vote = self._add(
            Vote(post_id=post.id, user_id=person.id, interest=interest, cast_at=utcnow(), is_counted=True)
        )
        counting.recount(self.session, post)
        self.session.flush()
        return vote

    def comment(self, post: Post, body: str = "Same here.", **values: Any) -> Comment:
        """A public comment."""
        author = values.pop("author", None) or self.person()
        fixed: dict[str, Any] = {
            "post_id": post.id,
            "author_id": author.id,
            "voice": Voice.PERSONAL,
            "body": body,
            "body_html": markup.render(body),
            "markup_version": markup.MARKUP_VERSION,
            "created_at": utcnow(),
        }
        comment: Comment = self._add(Comment(**fixed | values))
        comment.thread_key = f"{comment.parent_id or comment.id:011d}.{comment.id:011d}"
        counting.recount(self.session, post)
        self.session.flush()
        return comment

    def theme(self, name: str = "", posts: list[Post] | None = None, **values: Any) -> Theme:
        """An accepted theme, with `posts` as its members."""
        posts = posts or []
        if "product_id" not in values:
            values["product_id"] = posts[0].product_id if posts else self.area().product_id
        name = name or f"Theme {next(_numbers)}"
        fixed: dict[str, Any] = {
            "name": {"en": name},
            "suggestion": name.lower(),
            "exemplar_ids": [post.id for post in posts[:3]],
            "solidity": Solidity.SOLID,
            "posts": len(posts),
            "people": len(posts),
            "created_at": utcnow(),
            "changed_at": utcnow(),
        }
        theme: Theme = self._add(Theme(**fixed | values))
        for post in posts:
            self._add(
                ThemeMember(post_id=post.id, theme_id=theme.id, placing=Placing.FIT, similarity=0.5, since=utcnow())
            )
            post.theme_id = theme.id
        self.session.flush()
        return theme

    def warning(self, theme: Theme, **values: Any) -> EarlyWarning:
        """An early warning of a theme that rises since today, which nobody has seen yet."""
        fixed: dict[str, Any] = {
            "product_id": theme.product_id,
            "theme_id": theme.id,
            "newest_of": theme.id,
            "raised_at": utcnow(),
            "people": 14,
            "posts": 14,
            "most_people": 14,
            "usual": 3.0,
            "weeks": 26,
            "chance": 0.0002,
        }
        warning: EarlyWarning = self._add(EarlyWarning(**fixed | values))
        return warning
