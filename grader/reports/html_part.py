"""One part of a report as plain data for a page template: its value, the remarks on it, who marked it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from grader.answers.kinds import KINDS, Kind
from grader.messages import Sentence, sentence
from grader.reports import Reveal
from grader.reports.grids import Grid, GridCell, Marks, grids, letter, listed, rank, shown, sides_of
from grader.reports.parts import points as marks_of
from grader.reports.sanitise import shorten, text_lines, visible
from grader.reports.show import marks as points_text
from grader.reports.show import one_line, scalar
from grader.reports.verdicts import VERDICTS
from grader.reports.words import ReportWords

_MESSAGE = 3_000
_TEXT = 2_000
_VALUE = 400
LONGEST_NAME = 200
_ISOLATES = {"\u2066": Markup('<bdi dir="ltr">'), "\u2067": Markup('<bdi dir="rtl">'), "\u2068": Markup("<bdi>")}
_NUMBER = re.compile(r"[+-]?[0-9][0-9.eE+-]*")
_POP = "\u2069"


def prose(text: str, most: int = _MESSAGE) -> Markup:
    r"""A sentence with its quoted parts as HTML: escaped, isolates as elements, controls as visible escapes.

    >>> print(prose("expected \u20663 × 3\u2069, received <b>\u202e"))
    expected <bdi dir="ltr">3 × 3</bdi>, received &lt;b&gt;\u202e
    """
    text = shorten(str(text), most)
    if not any(mark in text for mark in (*_ISOLATES, _POP)):
        return Markup(escape(visible(text)))
    written: list[Markup] = []
    opened = 0
    start = 0
    for place, character in enumerate(text):
        if character in _ISOLATES:
            written += [escape(visible(text[start:place])), _ISOLATES[character]]
            opened, start = opened + 1, place + 1
        elif character == _POP:
            written.append(escape(visible(text[start:place])))
            start = place + 1
            if opened:
                written.append(Markup("</bdi>"))
                opened -= 1
    written += [escape(visible(text[start:])), Markup("</bdi>") * opened]
    return Markup("").join(written)


def block(text: str) -> str:
    """A multi-line text, escaped, cut at 2,000 characters."""
    return "\n".join(text_lines(text, _TEXT))


def verbatim(text: str) -> str | None:
    """A text exactly as written, with blanks and empty lines, escaped; None for blanks only."""
    if not text.strip():
        return None
    lines = re.split(r"\r?\n", text[:_TEXT])
    shown = "\n".join("\t".join(map(visible, line.split("\t"))) for line in lines)
    first = "\n" if shown.startswith("\n") else ""  # browsers drop a line break at the start of a pre element
    return first + shown + shorten(text, _TEXT)[_TEXT:]


def earned(score: object, most: object, words: ReportWords) -> str:
    """Marks out of the maximum, as in every format."""
    return marks_of(Decimal(str(score or 0)), Decimal(str(most or 0)), words.say)


def points(value: object, words: ReportWords) -> str:
    """Marks in the digits of the language."""
    return words.number(points_text(Decimal(str(value or 0))))


class ShownValue(NamedTuple):
    """A value in its best form: grids, a list of shapes, or one line."""

    grids: list[Grid]
    listed: list[GridCell]
    line: Any
    text: str


def part_data(
    question: str, part: Mapping[str, Any], known: Mapping[str, Any], words: ReportWords, reveal: Reveal
) -> dict[str, Any]:
    """All that the template needs about a part."""
    marks = Marks(part)
    verdict = part["verdict"]
    read = part.get("read")
    kind = KINDS.get(str(part.get("kind")))
    is_text = kind is not None and not kind.machine
    submitted = part.get("submitted")
    expected = part.get("expected")
    answer = None if is_text or read is None else _value(read, kind, marks, known)
    showing = reveal == "always" or (reveal == "wrong" and verdict != "correct")
    return {
        "id": visible(str(part["id"])),
        "at": visible(f"{question}.{part['id']}"),
        "prompt": known.get("shown") or "",
        "options": known.get("options") or [],
        "chip": chip(part, words),
        "earned": earned(counted(part), part.get("max_score"), words),
        "answer": answer,
        "text": verbatim(_written(submitted)) if is_text and submitted is not None else None,
        "written": None if is_text else _as_written(submitted, read, answer),
        "expected": None if expected is None else _value(expected, kind, None, known),
        "message": _message(part, words),
        "causes": [_cause(place, one, words) for place, one in enumerate(part.get("diagnoses", ())) if _new(one, part)],
        "legend": _legend(answer),
        "rubric": [(points(worth, words), line) for worth, line in known.get("rubric", ())] if showing else [],
        "review": _review(part, words),
    }


def _value(value: object, kind: Kind | None, marks: Marks | None, known: Mapping[str, Any]) -> ShownValue:
    if kind is not None and known.get("choices"):
        value = kind.labelled(value, known["choices"])
    unit = f" {visible(str(known['unit']))}" if known.get("unit") else ""
    texts = None if kind is None else kind.texts(value, scalar)
    if kind is not None and texts is not None:
        if kind.axes(value):
            return ShownValue([], listed(texts, marks), None, "")
        return ShownValue([], [], None, shorten("; ".join(texts), _VALUE) + unit)
    if rank(value):
        found = grids(value, marks)
        return ShownValue(found, [], None, " × ".join(map(str, sides_of(value) or ())))
    if not isinstance(value, list | tuple | dict):
        one = shown(value) if not isinstance(value, str) else None
        return (
            ShownValue([], [], one, unit)
            if one
            else ShownValue([], [], None, shorten(visible(str(value)), _VALUE) + unit)
        )
    return ShownValue([], [], None, shorten(one_line(value), _VALUE) + unit)


def _written(submitted: object) -> str:
    """What was submitted: a text unchanged, anything else as TOML, one matrix row per line."""
    if isinstance(submitted, str):
        return submitted
    if rank(submitted) == 2 and isinstance(submitted, list):
        return f"[{(',' + chr(10) + ' ').join(map(_as_toml, submitted))}]"
    return _as_toml(submitted)


def _as_toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_as_toml(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, str) and _NUMBER.fullmatch(value):  # a decimal whose trailing zeros matter, such as 1.50
        return value
    return json.dumps(value, ensure_ascii=False)


def _as_written(submitted: object, read: object, answer: ShownValue | None) -> str | None:
    """The answer as written, if that differs from what is shown."""
    if submitted is None or submitted == read or (answer is None and isinstance(read, str)):
        return None
    if not isinstance(submitted, str | list) and answer is not None:
        return None
    return verbatim(_written(submitted))


def _message(part: Mapping[str, Any], words: ReportWords) -> Markup | None:
    said = part.get("message") or ""
    if part["verdict"] == "pending" and part.get("review"):
        return None
    if part["verdict"] == "carried" and not said and part.get("carried_from"):
        said = words.say(sentence("carried from {names}", names=", ".join(map(str, part["carried_from"]))))
    rule = part.get("rule")
    if rule and part["verdict"] in ("partial", "wrong") and rule not in said:
        said = f"{said} {words.say(sentence('rule: {rule}', rule=Sentence(rule)))}".strip()  # it was already rendered
    return prose(said) if said else None


def _new(one: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Whether a diagnosis adds anything; for a carried answer, the part's message already says the same."""
    return one["kind"] != "carried" or one.get("message") != part.get("message")


def _cause(place: int, one: Mapping[str, Any], words: ReportWords) -> dict[str, Any]:
    return {
        "letter": letter(place),
        "id": visible(str(one["id"])),
        "kind": words.kinds.get(one["kind"], str(one["kind"])),
        "message": prose(one.get("message") or ""),
    }


def _legend(answer: ShownValue | None) -> tuple[bool, bool, bool]:
    """Whether right, wrong and explained cells are among those shown."""
    cells = [] if answer is None else [*answer.listed, *(c for grid in answer.grids for row in grid.rows for c in row)]
    states = {cell.state for cell in cells}
    return "right" in states and "wrong" in states, "wrong" in states, any(cell.causes for cell in cells)


def _review(part: Mapping[str, Any], words: ReportWords) -> dict[str, Any] | None:
    """A person's mark, next to the automatic one."""
    review = part.get("review")
    if not review:
        return None
    said = [(words.word.comment, review.get("comment")), (words.word.why, review.get("why"))]
    return {
        "points": points(review.get("points"), words),
        "machine": points(part.get("score"), words),
        "machine_word": words.verdicts[part["verdict"]],
        "who": shorten(visible(str(review.get("who") or "")), LONGEST_NAME),
        "said": [(label, block(str(text))) for label, text in said if text],
    }


def chip(part: Mapping[str, Any], words: ReportWords) -> tuple[str, str, str]:
    """The verdict that counts: its class, symbol and word; a person's mark goes before the automatic one."""
    review = part.get("review")
    if not review:
        verdict = part["verdict"]
        return verdict, VERDICTS[verdict].symbol, words.verdicts[verdict]
    full = Decimal(str(review.get("points") or 0)) >= Decimal(str(part.get("max_score") or 0))
    return "correct" if full else "carried", "✎", words.word.review


def counted(part: Mapping[str, Any]) -> object:
    """The marks that count: a person's if given."""
    review = part.get("review")
    return review.get("points") if review else part.get("score")
