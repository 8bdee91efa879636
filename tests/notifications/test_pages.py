"""The pages: what is new, choosing mail, following, leaving without signing in, and mail that did not leave."""

from datetime import timedelta

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.outbox import DELAYS, MailState, OutboxMail, send_mail
from forum.notifications import queries, views
from forum.notifications.looking import LOOKED
from forum.notifications.models import Silence
from forum.notifications.services import choose, follow
from forum.notifications.status import DEFAULTS, How, Subject, Topic
from forum.notifications.tokens import leaving_address, read_leaving
from forum.posts import commenting
from forum.posts.models import Follow, Post
from forum.posts.schemas import NewComment, NewPost
from forum.posts.services import submit_post
from forum.posts.status import Kind, Visibility


def how(session, person):
    session.rollback()  # what is read from here on is fresh
    return queries.choices(session, [person.id])[person.id]


def comment_on(session, make, title="Cold seat", **values):
    """Kari's post with a comment of Ola's that she was not told of yet."""
    kari = make.person("Kari")
    post = make.post(title, author=kari, **values)
    follow(session, Subject.POST, post.id, by=make.as_reader(kari))
    commenting.add_comment(session, post, NewComment(body="Mine too."), by=make.reader("Ola"))
    return kari, post


def test_a_notice_is_counted_in_the_header_until_its_post_was_read(session, make, work, visitor):
    kari, post = comment_on(session, make)
    work()
    visitor.sign_in(kari)

    assert "1 new notice" in visitor.open("/").text
    page = visitor.open("/me/notices")
    assert "Ola commented." in page.text
    assert "1 new notice" in page.text  # the list alone has shown nothing of the post
    visitor.open(f"/posts/{post.id}")
    assert "new notice" not in visitor.open("/").text
    LOOKED.flush()
    session.expire_all()
    assert session.get(User, kari.id).new_notices == 0


def test_all_notices_are_marked_as_read_at_once(session, make, work, visitor):
    kari, _post = comment_on(session, make)
    work()
    visitor.sign_in(kari).open("/me/notices").send("Mark all as read")

    assert "new notice" not in visitor.open("/").text
    session.expire_all()
    assert session.get(User, kari.id).new_notices == 0


def test_a_notice_of_what_one_may_no_longer_see_is_not_listed(session, make, work, visitor):
    _kari, post = comment_on(session, make, "Zqsecret")
    ola = make.person("Ola the second")
    follow(session, Subject.POST, post.id, by=make.as_reader(ola))
    work()
    gone = session.get(Post, post.id)
    gone.visibility, gone.is_listed = Visibility.PRIVATE, False
    session.commit()
    visitor.sign_in(ola)

    assert "Zqsecret" not in visitor.open("/me/notices").html
    assert "Zqsecret" not in visitor.open("/me/follows").html


def test_mail_is_chosen_by_topic(session, make, visitor):
    kari = make.person("Kari")
    visitor.sign_in(kari).open("/me/notices/mail").send("Save", comments="never", answers="daily")

    assert how(session, kari) == DEFAULTS | {Topic.COMMENTS: How.NEVER, Topic.ANSWERS: How.DAILY}
    assert "Early warnings" not in visitor.open("/me/notices/mail").text


def test_an_area_is_followed_and_tells_of_new_posts_in_it_and_below(session, make, work, told, visitor):
    ida, area = make.person("Ida"), make.area("cabin")
    seats = make.area("seats", parent_id=area.id)
    visitor.sign_in(ida).open(f"/?area={area.id}").send("Follow this area")
    submit_post(session, NewPost(kind=Kind.IDEA, title="Warm the wheel", area_id=seats.id), by=make.reader("Ola"))
    work()

    assert told(ida) == ["new post"]
    visitor.open("/me/follows").send("Follow no longer Cabin")
    session.expire_all()
    assert session.get(Follow, (ida.id, "area", area.id)) is None


def test_everything_that_is_followed_is_listed_page_by_page(session, make, visitor, monkeypatch):
    monkeypatch.setattr(views, "FOLLOWED", 2)
    kari = make.person("Kari")
    posts = [make.post(f"Number {n}") for n in range(3)]
    area, theme = make.area("doors"), make.theme("Cold seats", posts[:1])
    for subject, row in ((Subject.AREA, area), (Subject.THEME, theme), *((Subject.POST, post) for post in posts)):
        follow(session, subject, row.id, by=make.as_reader(kari))
    session.commit()

    pages = [visitor.sign_in(kari).open(f"/me/follows{start}").text for start in ("", "?from=2", "?from=4")]

    assert [sum(f"Follow no longer {name}" in page for page in pages) for name in ("Doors", "Cold seats")] == [1, 1]
    assert sum(page.count("Follow no longer Number") for page in pages) == 3
    assert ["Next" in page for page in pages] == [True, True, False]


def test_product_managers_follow_a_theme_and_a_public_item_from_their_pages(session, make, visitor, promote, manager):
    theme = make.theme("Cold seats", [make.post()])
    item, internal = promote(theme), promote(is_public=False)
    session.commit()

    visitor.sign_in(manager).open(f"/themes/{theme.id}").send("Follow this theme")
    assert "Following" in visitor.html
    visitor.open(f"/backlog/{item.id}").send("Follow this")
    assert "Following" in visitor.html
    assert "Follow this" not in visitor.open(f"/backlog/{internal.id}").html
    assert [row.subject for row in queries.followed(session, make.as_reader(manager), 9)] == ["item", "theme"]


def test_one_press_of_a_mail_program_ends_a_topic_without_signing_in(session, make, visitor):
    kari, post = comment_on(session, make)
    session.commit()
    path = leaving_address(kari.id, Topic.OWN_COMMENTS, post.id).removeprefix("http://127.0.0.1:8000")
    assert visitor.client.get(path).status_code == 200
    assert how(session, kari) == DEFAULTS  # looking changes nothing

    answer = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert how(session, kari)[Topic.OWN_COMMENTS] is How.NEVER


def test_a_person_leaves_one_post_or_everything(session, make, visitor):
    kari, post = comment_on(session, make)
    session.commit()
    path = leaving_address(kari.id, Topic.ANSWERS, post.id).removeprefix("http://127.0.0.1:8000")
    visitor.open(path).send("No more mail about this post")
    session.expire_all()
    assert session.get(Silence, (kari.id, post.id)) is not None
    assert session.get(Follow, (kari.id, "post", post.id)) is None

    visitor.open(path).send("No more mail about anything here")
    assert set(how(session, kari).values()) == {How.NEVER}


def test_a_link_that_was_tampered_with_leads_nowhere(session, make, visitor):
    kari = make.person("Kari")
    session.commit()
    token = leaving_address(kari.id, Topic.ANSWERS, None).rpartition("/")[2]

    assert read_leaving(token) == (kari.id, Topic.ANSWERS, None)
    assert read_leaving("x" + token) is None
    assert visitor.client.post(f"/unsubscribe/x{token}").status_code == 404


def test_whoever_chose_never_gets_no_mail_even_if_it_was_written(session, make, postbox, work):
    kari, _post = comment_on(session, make)
    postbox.fails = 1
    work()
    choose(session, kari.id, {Topic.OWN_COMMENTS: How.NEVER})
    session.commit()
    work(timedelta(seconds=DELAYS[0] + 1))

    assert (postbox.refused.total(), postbox.received) == (1, [])
    assert session.scalars(sa.select(OutboxMail.state)).all() == [MailState.DROPPED]


def test_admins_see_why_mail_did_not_leave_and_send_it_again(session, make, postbox, work, visitor):
    letters = ({"to": f"{name}@example.com", "subject": name, "text": name} for name in ("kari", "ola"))
    kinds = [send_mail(session, **letter, cause="reset", language="en") for letter in letters]
    for mail in kinds:
        mail.state, mail.tries, mail.error = MailState.DEAD, 7, "SMTPDataError: 451 Try later"
    ids = [mail.id for mail in kinds]
    session.commit()
    visitor.sign_in(make.admin()).open("/admin/mail")
    assert visitor.text.count("451 Try later") == 2

    visitor.send("Send again kari@example.com")
    visitor.open("/admin/mail").send("Drop ola@example.com")
    work()

    assert [session.get(OutboxMail, mail_id).state for mail_id in ids] == [MailState.SENT, MailState.DROPPED]
    assert [message["To"] for message in postbox.received] == ["kari@example.com"]
    assert "All mail has left" in visitor.open("/admin/mail").text
