"""Text from strangers made harmless: what a terminal or a page would obey is shown as a visible escape instead."""

from __future__ import annotations

import re

# C0 and C1 controls, marks and overrides of direction, line separators, byte order mark, lone surrogates and the
# invisible tag characters. The joiners U+200C and U+200D stay: Persian is not written without them.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    r"""One line of text in which nothing is left that a terminal obeys or that reorders the line.

    >>> print(visible("a\x1b[31mred\u202e b"))
    a\x1b[31mred\u202e b
    """
    return text if text.isascii() and text.isprintable() else _OBEYED.sub(_escape, text)


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning and how long it was.

    >>> shorten("abcdefgh", 3)
    'abc… (8 characters)'
    """
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def text_lines(text: str, limit: int) -> list[str]:
    r"""The lines of a text, each harmless, blank ones left out; the text is cut before it is looked at.

    >>> text_lines(" a\n\n b\x1b ", 200)
    ['a', 'b\\x1b']
    """
    lines = [visible(line.strip()) for line in re.split(r"\r?\n", text[:limit]) if line.strip()]
    if len(text) > limit:
        lines.append(f"… ({len(text)} characters)")
    return lines


def cut_lines(text: str, tail: str, limit: int) -> str:
    """The text with its tail, within the limit: whole lines are left out before the tail, and a line says so."""
    if len(text) + len(tail) <= limit:
        return text + tail
    lines = text.splitlines(keepends=True)
    notice = "\n… {} of {} lines are left out here: a report has at most {} characters.\n\n"
    room = limit - len(tail) - len(notice) - 30
    kept: list[str] = []
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return "".join(kept) + notice.format(len(lines) - len(kept), len(lines), f"{limit:,}") + tail
