"""Line numbers of key paths, against documents whose lines are known because the test wrote them."""

from __future__ import annotations

from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from grader.homework.lines import Lines, unclosed_text

VALUES = st.sampled_from(
    [
        ("1", None),
        ("'a # [b] = {'", "a # [b] = {"),
        ('"x\\" = ["', 'x" = ['),
        ("'''\n[no]\nnot = 1 # '' \n'''", "[no]\nnot = 1 # '' \n"),
        ('"""\\\n "" \\""" ]\n"""', None),
        ("[1, # ]\n  [2,\n3]\n]", None),
        ("{a = [1, {b = 2}], c.d = '}'}", None),
        ("2026-03-01T10:00:00Z", None),
        ("-1.5e3 # = [", None),
    ]
)
KEYS = st.sampled_from(["a", "b-1", "'c d'", '"e\\t"', "f.g", "2"])


@given(st.lists(st.tuples(st.sampled_from(["key", "table", "tables", "blank", "comment"]), KEYS, VALUES), max_size=25))
def test_every_key_is_found_in_the_line_where_it_was_written(pieces: list[tuple[str, str, tuple[str, Any]]]) -> None:
    lines: list[str] = []
    wanted: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, (kind, key, (value, _)) in enumerate(pieces):
        here = sum(line.count("\n") + 1 for line in lines) + 1
        name = f"n{number}"
        if kind == "key":
            lines.append(f"  {name}.{key} = {value}")
            parsed = next(iter(_paths(tomli.loads(f"{key} = 0"))))
            wanted[(*table, name)] = here
            wanted[(*table, name, *parsed)] = here
        elif kind == "table":
            lines.append(f"[{name} . {key}] # [x]")
            table = (name, *next(iter(_paths(tomli.loads(f"{key} = 0")))))
            wanted[table] = here
        elif kind == "tables":
            lines.append(f"[[many]] # {name}")
            counts["many"] = counts.get("many", 0) + 1
            table = ("many", counts["many"] - 1)
            wanted[table] = here
        else:
            lines.append("# [c] = 'x" if kind == "comment" else "")
    text = "\n".join(lines)
    tomli.loads(text)
    for found in (Lines(text), Lines(text.replace("\n", "\r\n"))):
        assert {path: found.known(path) for path in wanted} == wanted
        assert found.open == [] and found.repeats == []


def _paths(values: dict[str, Any]) -> list[tuple[str, ...]]:
    (key, inner), *_ = values.items()
    return [(key, *_paths(inner)[0])] if isinstance(inner, dict) else [(key,)]


def test_entries_of_lists_and_inline_tables_have_lines() -> None:
    lines = Lines("a = [\n  1,\n  {b = 2, c = [3,\n 4]},\n]\n")
    assert lines.known(("a", 0)) == 2
    assert lines.known(("a", 1, "b")) == 3
    assert lines.known(("a", 1, "c", 1)) == 4
    assert lines.known(("a", 2)) is None


def test_a_path_that_is_not_there_has_the_line_of_what_holds_it() -> None:
    lines = Lines("[[questions]]\nid = 1\n[questions.parts]\nO = 1\n")
    assert lines.of(("questions", 0, "parts", "dX")) == 3
    assert lines.of(("other",)) is None


PIECES = (
    "a",
    "b = 1\n",
    "g = [1, {f = 1}]\n",
    "c = [",
    "[d]\n",
    "[[e]]\n",
    "{f = 1}",
    "'",
    '"',
    '"""',
    "]",
    "]\n",
    "}",
    ",",
    "=",
    "1",
    "#",
    "\n",
    "\r\n",
)


@given(
    st.text(alphabet="ab'\"[]{}=.,#\\\n\r\t 1", max_size=60)
    | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
)
def test_any_text_is_read_without_failing(text: str) -> None:
    lines, unclosed, last = Lines(text), unclosed_text(text), text.count("\n") + 1
    assert all(bracket in "[{" and 1 <= line <= last for bracket, line in lines.open)
    assert all(1 <= first < second <= last for _, first, second, _ in lines.repeats)
    assert unclosed is None or (unclosed[0] in text and 1 <= unclosed[1] <= last)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    assert (lines.open, lines.repeats, unclosed) == ([], [], None), "valid TOML has no such fault"
    assert all(lines.known((key,)) is not None for key in values)


def test_names_that_stand_twice_and_brackets_left_open() -> None:
    lines = Lines("[a.b]\nx = 1\nx = 2\n[a.b]\ny = [[1,\n")
    assert lines.repeats == [("x", 2, 3, False), ("a.b", 1, 4, True)]
    assert lines.open == [("[", 5), ("[", 5)]
