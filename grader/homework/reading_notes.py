"""What a template's comments tell `grader read` about its parts, so that it can read a paper without the assignment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.messages import sentence

HEADING = sentence("So that `grader read` knows what is asked (leave these lines as they are):")
_LINE = re.compile(r"# ([\w-]{1,100})\.([\w-]{1,100}): (\{.{1,2000}\})\s*")
_WRITTEN = tuple(field.name for field in fields(AnswerSpec) if field.name not in ("axes", "decimal", "unasked"))
"""The fields that are told: never how many entries are asked for."""


def note(question: str, part: str, spec: AnswerSpec) -> str:
    """One part's line, without the comment sign.

    >>> note("q4", "Z", AnswerSpec("number", unit="%"))
    'q4.Z: {kind = "number", unit = "%"}'
    """
    plain = AnswerSpec(spec.kind)
    told = {name: value for name in _WRITTEN if (value := getattr(spec, name)) != getattr(plain, name)}
    written = ", ".join(f"{name} = {_toml(value)}" for name, value in {"kind": spec.kind, **told}.items())
    return f"{question}.{part}: {{{written}}}"


def _toml(value: Any) -> str:
    import tomli_w

    plain = list(value) if isinstance(value, tuple) else value
    if isinstance(plain, list):
        return f"[{', '.join(map(_toml, plain))}]"
    return tomli_w.dumps({"x": plain}).removeprefix("x = ").rstrip("\n")


def told(spec: AnswerSpec) -> AnswerSpec:
    """The fields of a spec that a template may tell: how to read an answer, but not how many entries are asked for.

    >>> told(AnswerSpec("array", rank=2, axes=(3, 4), unasked=((0, 0),))) == AnswerSpec("array", rank=2)
    True
    """
    return AnswerSpec(**{name: getattr(spec, name) for name in _WRITTEN})


def noted(text: str) -> dict[tuple[str, str], AnswerSpec]:
    """What the comments of a submission say about its parts; other lines are skipped.

    >>> noted('# q4.Z: {kind = "number", unit = "%"}')[('q4', 'Z')].unit
    '%'
    """
    return dict(_read(text))


def _read(text: str) -> Iterator[tuple[tuple[str, str], AnswerSpec]]:
    import tomli

    for line in text.splitlines():
        found = _LINE.fullmatch(line) if line.startswith("# ") else None
        if not found:
            continue
        try:
            told = tomli.loads(f"spec = {found[3]}")["spec"]
            yield (found[1], found[2]), _spec(told)
        except (tomli.TOMLDecodeError, TypeError, ValueError):
            continue


def _spec(told: dict[str, Any]) -> AnswerSpec:
    """The spec of a line.

    Raises:
        ValueError: an unknown kind, or a value of another type; TypeError for an unknown field.
    """
    if told.get("kind") not in KINDS or not set(told) <= set(_WRITTEN):
        raise ValueError("not a line of a template")
    plain = AnswerSpec(told["kind"])
    for name, value in told.items():
        usual = getattr(plain, name)
        wanted = list if isinstance(usual, tuple) else str if usual is None else type(usual)
        if type(value) is not wanted or (wanted is list and not all(isinstance(item, str) for item in value)):
            raise ValueError(f"{name} is not what a template writes")
    if not 0 <= told.get("rank", 0) <= 8:
        raise ValueError("rank is not what a template writes")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return AnswerSpec(**values)
