"""The people named in imported rows: unclaimed names, kept apart by source, never an account of somebody else's."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.guarding import team_names
from forum.accounts.models import User
from forum.accounts.names import clean_name, contains_reserved, passes_for, skeleton
from forum.accounts.status import AccountState
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.listening.understanding import Heard


class Authors:
    """Finds or makes the unclaimed person behind a row of one source."""

    def __init__(self, session: Session, source_id: int) -> None:
        self.source_id = source_id
        self.left_out: set[str] = set()  # names that pass for the team's, or are no names
        self._team = team_names(session)
        known = sa.select(User.id, User.attributes).where(User.state == AccountState.UNCLAIMED)
        self._known: dict[str, int] = {
            attributes["imported_as"]: user_id
            for user_id, attributes in session.execute(known)
            if attributes.get("imported_as")
        }

    def find(self, session: Session, heard: Heard) -> int | None:
        """The id of the person who wrote the row, or None when it names nobody that can be shown.

        The same address, or without one the same name, is the same person within a source. An address
        never leads to an existing account: whoever owns it may claim the name later.
        """
        if not heard.author and not heard.email:
            return None
        key = self._key(heard)
        if key not in self._known:
            name = self._name(heard)
            if not name:
                return None
            person = User(
                display_name=name,
                name_skeleton=skeleton(name),
                state=AccountState.UNCLAIMED,
                language=heard.language if heard.language in ("en", "nb", "da") else "",
                attributes={"imported_as": key},
                created_at=utcnow(),
            )
            session.add(person)
            session.flush()
            self._known[key] = person.id
        return self._known[key]

    def _key(self, heard: Heard) -> str:
        """Who it is, within the source; an address is only kept as a hash."""
        who = heard.email or f"name {heard.author.casefold()}"
        return f"{self.source_id}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"

    def _name(self, heard: Heard) -> str:
        try:
            name = clean_name(heard.author or heard.email.split("@")[0])
        except Invalid:
            name = ""
        if not name or contains_reserved(name) or any(passes_for(name, known) for known in self._team):
            self.left_out.add(heard.author or heard.email)
            return ""
        return name
