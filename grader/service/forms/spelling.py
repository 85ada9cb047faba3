"""A value of a TOML submission as text that a person would type and that is read the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.errors import UnreadableError

_DEEPEST = 8


def spelled(raw: object, spec: AnswerSpec | None = None) -> str:
    """The first spelling that is read like the value; without a spec, the first one.

    >>> spelled([[1, "1/2"], [3, 4]], AnswerSpec("array", 2)), spelled("9/4")
    ('1, 1/2\\n3, 4', '9/4')
    """
    if isinstance(raw, str):
        return raw
    texts = [*dict.fromkeys(_spellings(raw))]
    if spec is None:
        return texts[0]
    wanted = _read(raw, spec)
    return next((text for text in texts if same_readings(_read(text, spec), wanted)), texts[-1])


def _read(raw: object, spec: AnswerSpec) -> Readings | None:
    try:
        return read_answer(raw, replace(spec, decimal=None))
    except UnreadableError:
        return None


def same_readings(one: Readings | None, other: Readings | None) -> bool:
    """Whether two answers have the same readings in the same order; both may be unreadable."""
    if one is None or other is None:
        return one is other
    pairs = zip(one.all, other.all, strict=False)
    return len(one.all) == len(other.all) and all(
        mine.natural == yours.natural and same_value(mine.value, yours.value) for mine, yours in pairs
    )


def same_value(one: Any, other: Any) -> bool:
    """Whether two values are equal, with the same digits, regardless of their source texts."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    if type(one) is not type(other):
        return False
    names = [name for name in ("value", "decimals", "significant", "program") if hasattr(one, name)]
    return all(getattr(one, name) == getattr(other, name) for name in names) if names else bool(one == other)


def _spellings(raw: object) -> Iterator[str]:
    """Candidates: rows as lines; a list with commas, semicolons, one entry per line, or brackets; last, as TOML."""
    if isinstance(raw, dict):
        yield ", ".join(f"{name}-{_leaf(entry)}" for name, entry in raw.items())
        yield "\n".join(f"{name}: {_leaf(entry)}" for name, entry in raw.items())
    elif raw == []:
        yield from ("[]", "none", "")
    elif isinstance(raw, list):
        if any(isinstance(row, list) for row in raw):
            rows = [row if isinstance(row, list) else [row] for row in raw]
            if not any(isinstance(cell, list | dict) for row in rows for cell in row):
                yield "\n".join(", ".join(map(_leaf, row)) for row in rows)
                yield "\n".join("  ".join(map(_leaf, row)) for row in rows)
                yield "\n".join(f"({', '.join(map(_leaf, row))})" for row in rows)
        else:
            leaves = [*map(_leaf, raw)]
            yield ", ".join(leaves)
            yield "\n".join(leaves)
            yield "; ".join(leaves)
            yield "  ".join(leaves)
        yield _brackets(raw, "", _DEEPEST)
        yield _brackets(raw, '"', _DEEPEST)
    else:
        yield _leaf(raw)


def _brackets(raw: object, quote: str, depth: int) -> str:
    """Nested lists in brackets, one matrix row per line."""
    if not isinstance(raw, list):
        return f"{quote}{_leaf(raw)}{quote}" if isinstance(raw, str) else _leaf(raw)
    if not depth:
        return "[]"
    between = ",\n" if any(isinstance(entry, list) for entry in raw) else ", "
    return f"[{between.join(_brackets(entry, quote, depth - 1) for entry in raw)}]"


def _leaf(raw: object) -> str:
    """One value: a number with its digits, a text unchanged."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        return str(raw).replace("E+", "e").replace("E", "e")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, dict):
        return ", ".join(f"{name} = {entry}" for name, entry in raw.items())
    return str(raw)
