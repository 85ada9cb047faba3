"""Expressions that are compiled late match what they match when they are compiled at once.

What a match needs is proven from the syntax tree of each expression, by the parser of Python's own `re`.
"""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import sys
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.answers.characters import fold
from grader.answers.pasted import unlatex
from grader.patterns import _Pattern, caseless, pattern

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


MOST_CHARACTERS = 300
"""A larger class of characters stands for anything."""


class Proof:
    """Whether every text that an expression matches contains one of some texts, from its syntax tree.

    What is matched is followed character by character; `ends` are all texts that may have been matched last without
    interruption. Where anything may stand, they begin again.
    """

    def __init__(self, needs: Sequence[str], folded: bool) -> None:
        self.needs = tuple(needs)
        self.folded = folded

    def holds(self, ends: frozenset[str], items: tuple[Any, ...]) -> bool:
        """Whether every match of the items, each with its flags, contains what is needed, or the text before does."""
        ends = frozenset(end for end in ends if not any(each in end for each in self.needs))
        if not ends:
            return True
        if not items:
            return False
        (kind, value, flags), rest = items[0], items[1:]
        if kind is kinds.BRANCH:
            return all(self.holds(ends, (*flagged(branch, flags), *rest)) for branch in value[1])
        if kind is kinds.SUBPATTERN:
            return self.holds(ends, (*flagged(value[3], (flags | value[1]) & ~value[2]), *rest))
        if kind is kinds.ATOMIC_GROUP:
            return self.holds(ends, (*flagged(value, flags), *rest))
        if kind in (kinds.AT, kinds.ASSERT_NOT):
            return self.holds(ends, rest)
        if kind is kinds.ASSERT:
            return self.holds(frozenset({""}), flagged(value[1], flags)) or self.holds(ends, rest)
        if kind in REPEATS:
            return self.repeated(ends, value, flags, rest)
        following = self.characters(kind, value, flags)
        if following is None:
            return self.holds(frozenset({""}), rest)
        return self.holds(frozenset(end + each for end in ends for each in following), rest)

    def repeated(self, ends: frozenset[str], value: Any, flags: int, rest: tuple[Any, ...]) -> bool:
        least, most, inner = value
        once = flagged(inner, flags)
        if most == 1:
            return self.holds(ends, (*once, *rest)) and (least == 1 or self.holds(ends, rest))
        return self.holds(frozenset({""}), rest) or (least > 0 and self.holds(ends, once))

    def characters(self, kind: Any, value: Any, flags: int) -> frozenset[str] | None:
        """What one item may match, as the needs are looked for; None for anything."""
        if kind is kinds.IN:
            members = [self.characters(*member, flags) for member in value]
            return None if None in members else frozenset().union(*members)  # type: ignore[arg-type]
        if kind is kinds.RANGE and value[1] - value[0] < MOST_CHARACTERS:
            return self.characters(kinds.IN, [(kinds.LITERAL, code) for code in range(value[0], value[1] + 1)], flags)
        if kind is not kinds.LITERAL:
            return None
        found = matched(value, flags & re.IGNORECASE)
        return frozenset(caseless(each) for each in found) if self.folded else found


def flagged(items: Any, flags: int) -> tuple[Any, ...]:
    return tuple((kind, value, flags) for kind, value in items)


def proven(text: str, flags: int, needs: Sequence[str]) -> bool:
    tree = parser.parse(text, flags)
    return Proof(needs, bool(flags & re.IGNORECASE)).holds(frozenset({""}), flagged(tree, flags | tree.state.flags))


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
        ("k", re.IGNORECASE, "k", True),
        ("k", re.IGNORECASE, "K", False),
        ("ſ", re.IGNORECASE, "s", True),
        ("ſ", re.IGNORECASE, "ſ", False),
        ("(?i:k)", 0, "kK", False),
        ("(?i)a", 0, "a", False),
        ("about|around", 0, ("about", "around"), True),
        ("about|around", 0, ("about",), False),
        ("about|around|abroad", 0, ("abo", "rou", "bro"), True),
        ("so (?:is|was) it", 0, ("is it", "was it"), True),
        ("so (?:is|was) *it", 0, ("is it", "was it"), False),
        ("ab?c", 0, ("abc", "ac"), True),
        ("ab?c", 0, ("abc",), False),
        ("ab*c", 0, ("abc", "ac"), False),
        ("a+b", 0, ("ab",), False),
        ("(?:ab)+", 0, ("ab",), True),
        ("ab", 0, ("ba",), False),
        ("a[bc]d", 0, ("abd", "acd"), True),
        ("a[bc]d", 0, ("abd",), False),
        (r"a\bb", 0, ("ab",), True),
        (r"ab\d|ac", 0, ("ab", "ac"), True),
        (r"a(?:b|\d)c", 0, ("ab", "c"), True),
        (r"a(?:b|\d)c", 0, ("ab",), False),
        ("masse", re.IGNORECASE, ("masse",), True),
        ("maß", re.IGNORECASE, ("mass",), True),
        ("since", re.IGNORECASE, ("since",), True),
        ("", 0, "a", False),
    ],
)
def test_the_proof_is_one(text: str, flags: int, needs: Sequence[str], true: bool) -> None:
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
    pieces = sorted({*each._text, *each._needs, *"12 axX.,;:=()[]\n"})
    written = st.lists(st.sampled_from(pieces), max_size=12).map("".join)
    texts = data.draw(st.lists(written | st.from_regex(each._text), min_size=1, max_size=4))
    late, compiled = pattern(each._text, each._flags, each._needs), re.compile(each._text, each._flags)
    assert [outcomes(late, text) for text in texts] == [outcomes(compiled, text) for text in texts]


def texts(value: Any) -> Iterator[str]:
    """Every text in the answers of a submission."""
    if isinstance(value, str):
        yield from (value, *value.split("\n"))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def written() -> Iterator[str]:
    """Every answer of the example submissions, and every text in the tests of reading."""
    for path in sorted((FOLDER.parent / "submissions_example").rglob("*.toml")):
        try:
            answers = tomllib.loads(path.read_text(encoding="utf-8")).get("answers", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue  # broken on purpose
        yield from texts(answers)
    for path in sorted((FOLDER.parent / "tests" / "answers").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from texts(node.value if isinstance(node, ast.Constant) else None)


def test_no_answer_matches_without_what_is_needed() -> None:
    read = {each for text in written() for each in (text, fold(text), unlatex(fold(text)))}
    assert len(read) > 3_000
    for name, each in NEEDY.items():
        compiled, any_case = re.compile(each._text, each._flags), each._flags & re.IGNORECASE
        for text in read:
            looked_in = caseless(text) if any_case else text
            if not any(needed in looked_in for needed in each._needs):
                assert compiled.search(text) is None, (name, text)


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
