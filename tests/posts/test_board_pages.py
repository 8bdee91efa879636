"""The front page as readers see it."""

from datetime import timedelta

from forum.core.clock import utcnow
from forum.posts.status import Kind
from forum.products.status import Openness


def test_anybody_reads_the_board_without_a_cookie(visitor, make):
    make.post("The heater is slow", votes=3, kind=Kind.COMPLAINT)

    visitor.open("/")

    assert "The heater is slow" in visitor.text
    assert "Set-Cookie" not in visitor.response.headers
    assert "csrf_token" not in visitor.html


def test_an_empty_board_asks_for_the_first_post(visitor, make):
    visitor.open("/")
    assert "Nobody has said anything yet" in visitor.text
    assert "import what you have heard" not in visitor.text

    visitor.sign_in(make.admin()).open("/")
    assert "import what you have heard" in visitor.text


def test_filters_that_match_nothing_can_be_dropped(visitor, make):
    make.post("A complaint", kind=Kind.COMPLAINT)

    visitor.open("/?kind=idea&order=newest&language=da")

    assert "No post matches" in visitor.text
    assert 'href="/?order=newest&amp;language=da"' in visitor.html
    assert 'href="/?order=newest&amp;kind=idea"' in visitor.html


def test_an_address_that_is_not_understood_shows_the_board(visitor, make):
    make.post("Still here")

    for address in ("/?order=best&kind=x&area=9999999999&language=%00", "/?after=bm90IGEga2V5", "/?mine=1&area=x"):
        visitor.open(address)
    visitor.open("/?order=best&kind=x&status=y&area=x&after=MTIz")

    assert "Still here" in visitor.text


def test_the_next_page_goes_on_and_leads_back(visitor, make):
    area = make.area()
    for n in range(31):
        make.post(f"Post number {n}", area=area, author_id=None, when=utcnow() - timedelta(hours=n))

    visitor.open("/?order=newest")
    assert "Post number 29" in visitor.text
    assert "First page" not in visitor.text
    following = visitor.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    visitor.open(following)

    assert "Post number 30" in visitor.text
    assert "Post number 29" not in visitor.text
    assert 'href="/?order=newest"' in visitor.html


def test_own_votes_are_marked(visitor, make):
    kari = make.person("Kari")
    make.vote(make.post("Voted for"), kari)
    make.post("Not voted for")

    visitor.sign_in(kari).open("/")

    assert visitor.html.count('aria-pressed="true"') == 1
    assert visitor.html.count('aria-pressed="false"') == 1
    assert visitor.html.count('name="csrf_token"') == 2  # votes and sign-out


def test_nobody_is_asked_to_vote_for_their_own_post(visitor, make):
    kari = make.person("Kari")
    own = make.post("Mine", author=kari)
    make.vote(own, make.person())

    visitor.sign_in(kari).open("/")

    assert "aria-pressed" not in visitor.html
    assert "1 vote" in visitor.text
    visitor.open("/search?q=mine")
    assert "aria-pressed" not in visitor.html


def test_what_people_wrote_is_escaped_in_every_place_of_a_row(visitor, make):
    nasty = '<script>alert("1")</script>'
    area = make.area()
    make.post(nasty, body=nasty, excerpt=nasty, language='"><', area=area)
    closed = make.area(openness=Openness.CLOSED)
    area.name = closed.name = {"en": nasty}
    make.post(nasty, area=closed)

    for reader in (None, make.person()):
        html = (visitor.sign_in(reader) if reader else visitor).open("/?order=newest").html
        assert "<script>alert" not in html
        assert 'lang=""><"' not in html
        assert html.count("&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;") >= 7
