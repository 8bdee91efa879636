"""The demo is marked wherever it shows, and removed with one button."""

import sqlalchemy as sa

from forum.core.people import Role
from forum.posts.models import Post


def test_demo_content_is_marked_and_an_admin_removes_it(visitor, make, session):
    product = make.product("car", is_demo=True)
    area = make.area(product_id=product.id)
    demo = make.post("Made up", area=area, is_demo=True, author=make.person("Demo Person", is_demo=True))
    real = make.post("Really said", area=area)
    assert "This is a demo" in visitor.open("/").text
    assert "this post was made up" in visitor.open(f"/posts/{demo.id}").text
    assert "this post was made up" not in visitor.open(f"/posts/{real.id}").text

    visitor.sign_in(make.admin()).open("/me")
    assert "Remove the demo" in visitor.text
    visitor.open("/demo/remove").send("Remove the demo")
    assert "1 demo post was removed" in visitor.text
    assert session.scalars(sa.select(Post.title)).all() == ["Really said"]


def test_only_admins_remove_it(visitor, make):
    visitor.sign_in(make.person("", Role.MANAGER)).open("/demo/remove", status=403)
