"""Bytes that nobody should send: each is refused with one sentence before it costs time or memory."""

from __future__ import annotations

import tracemalloc

import pytest

from grader.errors import AuthorError, StudentError
from grader.homework.toml import MAX_BYTES, read_toml
from tests.homework.documents import student_error

HEAD = "assignment = 'hw'\nstudent = 's'\n[answers.q4]\n"
DEEP = "at most 320 levels of lists and tables are read, received more"
LONG = "at most 4,300 digits are read in a number, received more"


def filled(unit: str) -> str:
    """As much of it as a document may hold."""
    return unit * ((MAX_BYTES - 200) // len(unit))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = '\xff'", "line 1: expected UTF-8 text, received byte 0xff at offset 5: save the file as UTF-8"),
        (
            b"a = 1\n\r\nb = '\xe9'",
            "line 3: expected UTF-8 text, received byte 0xe9 at offset 13: save the file as UTF-8",
        ),
        ("a = 1".encode("utf-16"), "expected UTF-8 text, received UTF-16: save the file as UTF-8"),
        (
            b"a = 1\r\nb = 2\rc = 3",
            "line 2: a carriage return without a line feed: save the file with LF or CRLF line ends",
        ),
        (b"#" * (MAX_BYTES + 1), "at most 5,000,000 bytes are read, received more"),
    ],
)
def test_bytes_that_are_not_a_document(data: bytes, said: str) -> None:
    assert student_error(data) == f"paper.toml: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 10_000, f"line 4: {DEEP}"),
        ("a = " + "[" * 10_000 + "]" * 10_000, f"line 4: {DEEP}"),
        ("a = " + "{a=" * 10_000, f"line 4: {DEEP}"),
        ("a" + ".a" * 400 + " = 1", DEEP),
        ("a" + ".a" * 10_000 + " = 1", DEEP),
        ("a = 1\nb = " + "1" * 10_000, f"line 5: {LONG}"),
        ("a = 1\nb = 0x" + "f" * 10_000, f"line 5: {LONG}"),
        ("a = 1\nb = 0b" + "1" * 50_000, f"line 5: {LONG}"),
    ],
)
def test_what_is_too_deep_or_too_long(text: str, said: str) -> None:
    assert student_error(HEAD + text) == f"paper.toml: {said}"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + filled("["),
        "a = [" + filled("0,") + "]",
        "a = [" + filled("0.1,") + "]",
        "a = [" + filled("{a=1},") + "]",
        "a = " + filled("1"),
        "a = 0x" + filled("f"),
        "a = 0." + filled("1"),
        "a = 1e" + filled("1"),
        "a = " + filled("1_"),
        "a = '''" + filled("x'"),
        'a = """' + filled('x"'),
        "a = '" + filled("x"),
        "a = " + filled("1/2 "),
        "a = " + filled("'"),
        filled("[a]\n"),
        filled("a = 1\n"),
        filled("[[a]]\n"),
        filled("a."),
        filled("\n"),
        filled("=") + "\n",
        "a = " + filled("("),
        "a " + filled(" ") + "1",
        "x = 1\n" * 40_000,
        "".join(f"a{number} = 1\n" for number in range(60_000)) + "a1 = 2",
        "a = [" + "1," * 90_000 + "\n",
    ],
    ids=lambda text: text[:12],
)
def test_five_megabytes_of_anything_cost_little_memory(text: str) -> None:
    data = (HEAD + text).encode()[:MAX_BYTES]
    tracemalloc.start()
    try:
        with pytest.raises(StudentError) as caught:
            read_toml(data, "paper.toml", StudentError)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith("paper.toml: ") and len(str(caught.value)) < 700
    assert peak < 150_000_000


@pytest.mark.parametrize(
    "text",
    ["a = '" + filled("x") + "'", "a = '" + filled("1") + "'", 'a = """' + filled("\\n") + '"""', "# " + filled("x")],
)
def test_a_long_text_is_read(text: str) -> None:
    values, _ = read_toml(text.encode(), "paper.toml", StudentError)
    assert len(values.get("a", "")) in (0, MAX_BYTES - 200, (MAX_BYTES - 200) // 2)


def test_the_reader_of_the_error_is_the_callers_choice() -> None:
    with pytest.raises(AuthorError, match=r"^hw\.toml: expected UTF-8 text, received UTF-16"):
        read_toml(b"\xff\xfe", "hw.toml", AuthorError)


def test_brackets_in_texts_and_comments_are_not_counted_as_depth() -> None:
    text = "a = '" + "[" * 500 + "' # " + "[" * 500 + "\nb = '''\n" + "{" * 500 + "\n'''\n"
    values, _ = read_toml(text.encode(), "paper.toml", StudentError)
    assert values["a"] == "[" * 500
