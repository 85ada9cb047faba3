"""Untrusted text made safe to show: characters that control a terminal or a page become visible escapes."""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.messages import Sentence, sentence
from grader.messages.languages import Say
from grader.patterns import pattern

_NOTICE = 200
"""Room for the notice, in characters."""

# What has an effect or is invisible: C0 and C1 controls, marks and overrides of direction, line separators, byte order
# mark, lone surrogates and the invisible tag characters. The joiners U+200C and U+200D stay: Persian is not written
# without them. `_FORMATTED` leaves out the C0 controls: a document of several lines has line breaks of its own.
_FORMATTED = (
    "\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_OBEYED = pattern(f"[\x00-\x1f{_FORMATTED}]")
_OBEYED_IN_DOCUMENT = pattern(f"[\x00-\x08\x0b-\x1f{_FORMATTED}]")
_ISOLATES = pattern("[\u2066-\u2069]")
_JOINERS = ("\u200c", "\u200d")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def harmless(text: str) -> bool:
    r"""Whether a text can be shown on one line as it is: it has nothing but printable characters and joiners.

    >>> harmless("a\u0645\u06cc\u200c\u0634\u0648\u062f"), harmless("a\u202e"), harmless("a\n")
    (True, False, False)
    """
    for joiner in _JOINERS:
        text = text.replace(joiner, "")
    return text.isprintable()


def visible(text: str, *, isolates: bool = False) -> str:
    r"""The text on one line, without terminal controls or anything that reorders the line.

    `isolates` keeps U+2066 to U+2069: in a sentence of a right-to-left language they are the grader's own, and
    untrusted ones have already been escaped (see `grader.messages.isolates`).

    >>> print(visible("a\x1b[31mred\u202e b"))
    a\x1b[31mred\u202e b
    """
    if harmless(text):
        return text
    if not isolates:
        return _OBEYED.sub(_escape, text)
    return _OBEYED.sub(lambda found: found.group() if _ISOLATES.match(found.group()) else _escape(found), text)


def escaped_in_json(document: str) -> str:
    r"""A JSON document with the same characters as JSON escapes: it keeps its line breaks, and no character is lost.

    >>> print(escaped_in_json('{"a": "\x9b\u202e"}'))
    {"a": "\u009b\u202e"}
    """
    return _escaped_in(document, _json_escape)


def escaped_in_toml(document: str) -> str:
    r"""Basic strings of TOML with the same characters as TOML escapes.

    >>> print(escaped_in_toml('a = "\U000e0041\r"'))
    a = "\U000e0041\u000d"
    """
    return _escaped_in(document, _toml_escape)


def _escaped_in(document: str, escape: Callable[[re.Match[str]], str]) -> str:
    plain = harmless(document.replace("\n", "").replace("\t", ""))
    return document if plain else _OBEYED_IN_DOCUMENT.sub(escape, document)


def _json_escape(found: re.Match[str]) -> str:
    """Above U+FFFF as a surrogate pair, as JSON has no longer escapes."""
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _toml_escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shorten(text: str, limit: int, say: Say = str) -> str:
    """The text, cut after `limit` characters with a note of how long it was.

    >>> shorten("abcdefgh", 3)
    'abc… (8 characters)'
    """
    return text if len(text) <= limit else text[:limit] + say(_how_long(text))


def _how_long(text: str) -> Sentence:
    return sentence("… ({count} characters)", count=len(text))


def text_lines(text: str, limit: int, say: Say = str) -> list[str]:
    r"""The lines of a text that are not blank, control characters escaped; the text is cut first.

    >>> text_lines(" a\n\n b\x1b ", 200)
    ['a', 'b\\x1b']
    """
    lines = [visible(line.strip()) for line in text[:limit].replace("\r\n", "\n").split("\n") if line.strip()]
    if len(text) > limit:
        lines.append(say(_how_long(text)))
    return lines


def cut_lines(text: str, tail: str, limit: int, say: Say = str) -> str:
    """The text and its tail within the limit: lines before the tail are left out, and replaced by a notice."""
    if len(text) + len(tail) <= limit:
        return text + tail
    lines = text.splitlines(keepends=True)
    room = limit - len(tail) - _NOTICE
    kept: list[str] = []
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    notice = sentence(
        "{count} of {total} lines are left out here: a report has at most {limit:,} characters.",
        count=len(lines) - len(kept),
        total=len(lines),
        limit=limit,
    )
    return f"{''.join(kept)}\n… {say(notice)}\n\n{tail}"
