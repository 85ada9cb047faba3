"""Expressions that are compiled late match what they match when they are compiled at once.

What a match needs is proven from the syntax tree of each expression, by the parser of Python's own `re`.
"""

from __future__ import annotations

import importlib
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.patterns import _Pattern, pattern

FOLDER = Path(grader.__file__).parent
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))
REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)


def patterns() -> Iterator[tuple[str, _Pattern]]:
    """Every expression that a module of the grader declares, by itself or in a tuple."""
    for path in sorted(FOLDER.rglob("*.py")):
        if "import pattern" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(("grader", *path.relative_to(FOLDER).with_suffix("").parts)))
        for name, value in vars(module).items():
            held = value if isinstance(value, tuple) else (value,)
            flat = [each for one in held for each in (one if isinstance(one, tuple) else (one,))]
            for number, each in enumerate(each for each in flat if isinstance(each, _Pattern)):
                yield f"{module.__name__}.{name}[{number}]", each


EVERY = dict(patterns())
NEEDY = {name: each for name, each in EVERY.items() if each._needs}


@cache
def matched(code: int, flags: int) -> frozenset[str]:
    """Every character that a literal matches: with IGNORECASE more than its two cases."""
    return frozenset(re.findall(re.escape(chr(code)), EVERY_CHARACTER, flags))


def holds(tree: Any, needs: str, flags: int) -> bool:
    """Whether every text that matches the sequence holds one of the characters."""
    return any(_holds(kind, value, needs, flags) for kind, value in tree)


def _holds(kind: Any, value: Any, needs: str, flags: int) -> bool:
    if kind is kinds.LITERAL:
        return matched(value, flags & re.IGNORECASE) <= set(needs)
    if kind is kinds.IN:
        return all(_member_holds(*member, needs, flags) for member in value)
    if kind is kinds.BRANCH:
        return all(holds(branch, needs, flags) for branch in value[1])
    if kind is kinds.SUBPATTERN:
        return holds(value[3], needs, (flags | value[1]) & ~value[2])
    if kind in REPEATS:
        return value[0] > 0 and holds(value[2], needs, flags)
    if kind is kinds.ASSERT:
        return holds(value[1], needs, flags)
    return kind is kinds.ATOMIC_GROUP and holds(value, needs, flags)


def _member_holds(kind: Any, value: Any, needs: str, flags: int) -> bool:
    if kind is kinds.LITERAL:
        return _holds(kind, value, needs, flags)
    if kind is kinds.RANGE:
        return all(_holds(kinds.LITERAL, code, needs, flags) for code in range(value[0], value[1] + 1))
    return False


def proven(text: str, flags: int, needs: str) -> bool:
    tree = parser.parse(text, flags)
    return holds(tree, needs, flags | tree.state.flags)


@pytest.mark.parametrize("name", NEEDY)
def test_every_match_holds_what_is_declared_as_needed(name: str) -> None:
    each = NEEDY[name]
    assert proven(each._text, each._flags, each._needs)


@pytest.mark.parametrize(
    ("text", "flags", "needs", "true"),
    [
        ("ab", 0, "b", True),
        ("a?b", 0, "a", False),
        ("a*b", 0, "a", False),
        ("a+?c", 0, "a", True),
        ("(?:ab|cb)", 0, "b", True),
        ("(?:ab|c)", 0, "ab", False),
        ("[ab]", 0, "ab", True),
        ("[ab]", 0, "a", False),
        ("[^a]", 0, "a", False),
        (r"[\d.]", 0, ".", False),
        ("(?=a)", 0, "a", True),
        ("(?!a)b", 0, "a", False),
        ("(?<=a)b", 0, "a", True),
        ("(?<!a)b", 0, "a", False),
        ("k", re.IGNORECASE, "kK", False),
        ("k", re.IGNORECASE, "kK\u212a", True),
        ("(?i:k)", 0, "kK", False),
        ("(?i)a", 0, "a", False),
        ("", 0, "a", False),
    ],
)
def test_the_proof_is_one(text: str, flags: int, needs: str, true: bool) -> None:
    assert proven(text, flags, needs) is true


def outcomes(expression: re.Pattern[str], text: str) -> list[Any]:
    """What each method says of a text, as plain data."""
    found = [each(text) for each in (expression.search, expression.match, expression.fullmatch)]
    spans = [each and (each.span(), each.groups()) for each in found]
    others = [expression.findall(text), expression.split(text), expression.sub("<>", text)]
    return [*spans, *others, [each.span() for each in expression.finditer(text)], expression.sub("-", text, count=1)]


@given(name=st.sampled_from(sorted(NEEDY)), data=st.data())
def test_a_late_expression_says_what_a_compiled_one_says(name: str, data: st.DataObject) -> None:
    each = NEEDY[name]
    letters = sorted({*each._text, *each._needs, *"12 axX.,;:=()[]\n"})
    texts = data.draw(st.lists(st.text(st.sampled_from(letters), max_size=12), min_size=1, max_size=4))
    late, compiled = pattern(each._text, each._flags, each._needs), re.compile(each._text, each._flags)
    assert [outcomes(late, text) for text in texts] == [outcomes(compiled, text) for text in texts]


def test_an_expression_is_compiled_when_a_text_holds_what_it_needs() -> None:
    late = pattern("[0-9]+ *%", needs="%")
    assert late.search("12 of 100") is None
    assert vars(late)["_compiled"] is None
    assert late.search("12 %") is not None
    assert vars(late)["_compiled"] is not None
    assert late.search("12 of 100") is None
    assert pattern("[0-9]+ *%", needs="%").pattern == "[0-9]+ *%"


def test_the_expressions_of_the_grader_are_found() -> None:
    assert len(EVERY) > 200
    assert len(NEEDY) > 60
