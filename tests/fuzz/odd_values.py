"""Values that nobody means to send: too long, too large, of the wrong kind, not even text."""

LONG = "x" * 30_000
HALF = b"\xed\xa0\xbd"  # one half of a surrogate pair, as careless programs encode it

ODD_TEXTS: tuple[str | bytes, ...] = (
    *("", " ", "\0", "a\0b", "\u202eevil\u2066", "\u200b", "\r\n\r\n", "\x85\u2028", "\x1b[31m", "\ufffe\uffff"),
    *(LONG, "word " * 6_000, "\n" * 5_000, "[" * 990, "> " * 90 + "x", "👩‍👩‍👧‍👧" * 60, "é" * 141, "A\u0301" * 200),
    *(HALF, b"\xff\xfe\x00", b"%", b"caf\xe9", b"\xc0\x80"),
    *("-1", "0", "1.5", "1e400", "NaN", "-Infinity", "inf", "0x10", "1_000", "+1", "²", "٣", "１２", "½", "1,5"),
    *("2147483648", "9223372036854775807", "9223372036854775808", "9" * 400, "9" * 5_000, "c²", "-9223372036854775809"),
    *(
        "9999-12-31",
        "0000-00-00",
        "0001-01-01",
        "10000-01-01",
        "2026-02-30",
        "2026-W53-1",
        "2026-12-31T25:00",
        "31.12.26",
    ),
    *("null", "None", "true", "on", "[]", "{}", '{"a": [1]}', '"', "'", "' OR 1=1 --", "%", "_", "\\", "\\x", "*", "?"),
    *("../../etc/passwd", "//evil.example", "javascript:alert(1)", "http://[", "https://a.example/" + "a" * 3_000),
    *("{{ 7 * 7 }}", "%(x)s", "{0.__class__}", "$x", "<script>alert(1)</script>", "]]>", "&#0;", "a@b", "@", "a@@b.c"),
    *("a@xn--.example", "a@" + "b" * 250 + ".example", "ÿ@ÿ.example", '"a b"@example.com', "a@example.com\nBcc: b@c.d"),
    *("=1+1", "-", "--", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), "en", "nb ", "EN", "zz"),
)
# What every field of a form is filled with at once.
EVERYWHERE: tuple[str | bytes, ...] = ("", "\0", LONG, HALF, "9223372036854775808", "-1", "\u202e²", "[]")

ODD_FILES: tuple[tuple[str, bytes, str], ...] = (  # name, content, what it is said to be
    ("empty.csv", b"", "text/csv"),
    ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "image/png"),
    ("a\u202egpj.csv", b"title,body\n\0,\xff\xfe\n", "text/csv"),
    ("../../" + "x" * 300, b"\x1f\x8b\x08\0" + b"x" * 100, "application/gzip"),
    ("picture.jpg", b"GIF89a" + b"\xff" * 300, "image/jpeg"),
    ("posts.json", b'[{"title": ' + b"[" * 5_000, "application/json"),
    ("posts.jsonl", b'{"title": "\\ud83d"}\n{"title": 1e999}\n{\n', ""),
)
