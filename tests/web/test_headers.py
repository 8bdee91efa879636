"""Every answer carries the strict headers."""


def test_answers_carry_a_strict_content_policy_and_no_cookie(visitor):
    response = visitor.open("/preferences").response

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_host_is_refused(visitor):
    visitor.open("/healthz", status=400, headers={"Host": "evil.example"})
