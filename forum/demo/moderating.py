"""What the demo's moderators did: rules of an area, two own reasons and a warning; and a newsletter's votes."""

from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.clock import standing_at, utcnow
from forum.core.database import Words
from forum.core.outbox import OutboxMail
from forum.core.people import Role
from forum.demo.year import Year
from forum.moderation import conduct, library
from forum.moderation.status import Purpose, Reason
from forum.posts import voting
from forum.posts.models import Post, Vote
from forum.products import posting_rules

AREA = "phone-audio"
RULES: Words = {
    "en": "Say which phone it is, and which version the car shows under *Settings*. One trouble per post, please.",
    "nb": "Skriv hvilken telefon det gjelder, og hvilken versjon bilen viser i *Innstillinger*. Ett problem av gangen.",
    "da": "Skriv, hvilken telefon det er, og hvilken version bilen viser under *Indstillinger*. Ét problem ad gangen.",
}
REASONS: tuple[tuple[Words, Words], ...] = (
    (
        {"en": "A case for the workshop", "nb": "En sak for verkstedet", "da": "En sag for værkstedet"},
        {
            "en": "It is about one single car. Your workshop can look at it, and we cannot from here.",
            "nb": "Det gjelder én bestemt bil. Verkstedet ditt kan se på den, det kan ikke vi herfra.",
            "da": "Det gælder én bestemt bil. Dit værksted kan se på den, det kan vi ikke herfra.",
        },
    ),
    (
        {"en": "Urgent and dangerous", "nb": "Haster og er farlig", "da": "Haster og er farligt"},
        {
            "en": "This may be dangerous. Please call the number in your service book at once; here it would wait.",
            "nb": "Dette kan være farlig. Ring nummeret i serviceheftet med en gang; her ville det ligge og vente.",
            "da": "Det kan være farligt. Ring straks til nummeret i servicebogen; her ville det ligge og vente.",
        },
    ),
)
READERS = 22  # of the newsletter, who follow its link and vote within the hour
_PACE = timedelta(minutes=2)


def plan(year: Year) -> None:
    """Have all of it happen in its time."""
    moderator = year.cast.with_role(Role.MODERATOR)[0]
    year.at(year.begins + timedelta(days=40), partial(_lay_down, year))
    warned = year.cast.customers[-1]
    warn = partial(conduct.warn, year.session, year.session.get_one(User, warned.id), Reason.RUDE, "", by=moderator)
    year.at(year.today - timedelta(days=17), warn)
    year.at((year.today - timedelta(days=6)).replace(hour=8, minute=3), partial(_send_newsletter, year))


def drop_mail(year: Year) -> None:
    """Forget the mail to people who are made up."""
    ids = [person.id for person in (*year.cast.customers, *year.cast.newcomers, *year.cast.team)]
    year.session.execute(sa.delete(OutboxMail).where(OutboxMail.user_id.in_(ids)))


def _lay_down(year: Year) -> None:
    moderator, area = year.cast.with_role(Role.MODERATOR)[0], year.areas[AREA]
    posting_rules.write_rules(year.session, area, RULES, by=moderator, version=area.version)
    for name, words in REASONS:
        library.write_reason(year.session, None, Purpose.AWAY, name, words, by=moderator)


def _send_newsletter(year: Year) -> None:
    """Let many vote within an hour for the post that most want."""
    begins = utcnow()
    post = year.session.scalars(sa.select(Post).where(Post.is_listed).order_by(Post.votes.desc(), Post.id)).first()
    if post is None:
        return
    voted = set(year.session.scalars(sa.select(Vote.user_id).where(Vote.post_id == post.id))) | {post.author_id}
    fresh = [person for person in year.cast.customers if person.id not in voted]
    for n, voter in enumerate(fresh[:READERS]):
        with standing_at(begins + n * _PACE):
            voting.cast_vote(year.session, post, by=voter)
