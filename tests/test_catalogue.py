"""The message catalogue is current and complete, and what it says keeps its fields and its mathematics."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.messages import Sentence
from grader.messages.languages import LANGUAGES
from grader.misconceptions.registry import misconceptions
from scripts import catalogue

FARSI = LANGUAGES["fa"]
PERSIAN = catalogue.translated(FARSI)
TEMPLATES = catalogue.templates()
# Where a template is no literal because it is made of one: the seam itself, and the rows of the catalogue.
MADE = {
    ("sentences.py", "sentence"),
    ("registry.py", "declare"),
    ("refusal.py", "unreadable"),
    ("search.py", "_named"),
    ("html_part.py", "_message"),
    ("records.py", "read_record"),  # stored as it was made
}
OPENING, CLOSING = "\u2066\u2067\u2068", "\u2069"


def test_the_files_are_current_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    code = catalogue.main(["--check"])
    assert code == 0, f"run `python scripts/catalogue.py` and translate what it names:\n{capsys.readouterr().out}"


def test_a_template_without_translation_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "templates", lambda: [*TEMPLATES, "a sentence that nobody has translated"])
    assert catalogue.main(["--check"]) == 1


def test_the_catalogue_of_misconceptions_is_in_it() -> None:
    assert len(TEMPLATES) > 400
    for row in misconceptions():
        assert {row.equals.template, row.repair.template} <= set(TEMPLATES), row.id


def test_the_files_hold_nothing_of_the_day_or_the_machine() -> None:
    text = catalogue.po_path(FARSI).read_text(encoding="utf-8")
    assert "Date" not in text
    assert not re.search("^#:", text, re.MULTILINE)
    assert "Babel" not in text
    assert (
        catalogue.mo_bytes(catalogue.merged(FARSI, PERSIAN)) == catalogue.po_path(FARSI).with_suffix(".mo").read_bytes()
    )


def test_translations_have_the_places_of_their_templates() -> None:
    with_places = [english for english in TEMPLATES if "{" in english]
    assert len(with_places) > 150
    assert [one for one in with_places if catalogue.places(PERSIAN[one]) != catalogue.places(one)] == []


def test_a_lost_place_would_be_seen() -> None:
    assert catalogue.places("{right} of {total:,}") != catalogue.places("{right} of {total}")
    assert catalogue.places("{name!r}") != catalogue.places("{name}")


def test_prose_has_persian_digits() -> None:
    alone = re.compile(r"(?<![!-~×°])(?<![!-~×°] )[0-9]+(?! ?[!-~×°])")
    assert alone.search("تنها 3 خانه")
    assert {english: persian for english, persian in PERSIAN.items() if alone.search(persian)} == {}


# -- every call is found by the extractor --------------------------------------------------------------------------


def test_templates_deep_inside_other_texts_are_found(tmp_path: Path) -> None:
    module = 'a = f"{say(sentence(\'in a text\'))}"\nb = sentence("outer {x}", x=say(sentence("inner" " text")))\n'
    (tmp_path / "module.py").write_text(module)
    assert set(catalogue.templates_below(tmp_path)) == {"in a text", "outer {x}", "inner text"}


def made(tree: ast.AST, function: str = "") -> Iterator[str]:
    """The functions in which a sentence is made of something that is no literal."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in (*catalogue.CALLS, "Sentence")
        ):
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                yield inside
        yield from made(node, inside)


def test_templates_are_literals() -> None:
    found = {
        (path.name, function)
        for path in sorted(catalogue.PACKAGE.rglob("*.py"))
        for function in made(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert ("registry.py", "declare") in found
    assert found <= MADE, "the extractor does not see these templates"


# -- what is said --------------------------------------------------------------------------------------------------


def filled(template: str) -> Sentence:
    """The sentence with a field of each kind: a number where a format asks for one, else a formula."""
    fields: dict[str, Any] = {}
    for _, name, form, _ in string.Formatter().parse(template):
        if name:
            fields[name] = 1234 if form else "d(k-1)+1"
    return Sentence(template, fields)


def unclosed(said: str) -> bool:
    """Whether isolates are left open or nested, or something Latin stands outside of them."""
    depth, outside = 0, ""
    for character in said:
        depth += (character in OPENING) - (character == CLOSING)
        if depth not in (0, 1):
            return True
        outside += character if not depth else ""
    return depth != 0 or re.search("[A-Za-z0-9]", outside) is not None


def test_isolates_are_closed_and_hold_the_mathematics() -> None:
    assert unclosed("\u2066k-1\u2069 or k")
    assert [english for english in TEMPLATES if unclosed(LANGUAGES["fa"](filled(english)))] == []


def test_numbers_of_prose_are_persian_and_those_of_answers_are_not() -> None:
    said = LANGUAGES["fa"](
        Sentence(
            "{right} of {total} entries are right; not right, counted from zero: {cells}.",
            {"right": 7, "total": 12, "cells": "(0, 1), (2, 2)"},
        )
    )
    assert said.startswith("۷ درایه از ۱۲ درایه درست است")
    assert said.endswith(": \u2066(0, 1), (2, 2)\u2069.")


def test_thousands_and_quotes_are_persian() -> None:
    say = LANGUAGES["fa"]
    assert "۶۰٬۰۰۰" in say(Sentence("at most {limit:,} bytes are read, received more", {"limit": 60_000}))
    assert "«\u2066dY\u2069»" in say(Sentence("the question id {id!r} occurs twice", {"id": "dY"}))


def test_isolates_of_a_stranger_are_made_visible() -> None:
    said = LANGUAGES["fa"](Sentence("expected a number, received {received}", {"received": "1\u2069\u2067 2"}))
    assert "\u20661\\u2069\\u2067 2\u2069" in said
