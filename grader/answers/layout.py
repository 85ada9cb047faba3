"""The text of an array before it is split into cells: frames, headings, labels and line numbers removed."""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.answers.named_entries import RESPECTIVELY
from grader.answers.outer import acts_in_front, remark_acts
from grader.answers.remarks import offers_another, words_change
from grader.patterns import pattern

_FRAME = pattern(r"[\s┌┐└┘─╭╮╰╯⎡⎤⎣⎦⎢⎥|+=:-]+")
_RULE = pattern(r"[\s|:+=─-]{3,}")
_HEADING = pattern(
    r"python|matlab|text|[^\W\d][^\n=]{0,60}:|\w{0,20}\(:,\s?:,\s?\d+\)\s*=|=|[^\W\d][\w ]{0,20}=", needs="(:=mpt"
)
_ROW_LABEL = pattern(r"[^\W\d][\w .-]{0,30}?\s*[:=]\s*(?=[\[({\d.-])", needs=":=")
_LABEL = pattern(r"[^\W\d][\w ]{0,40}:\s*(?=[\[({\\])", needs=":")
_COMMENT = pattern(r"\s#\s.*$")
_REMARK = pattern(r"(?<=[\])}])\s*(?:\([^()\d]*\)|#.*)$", needs="#(")
_IN_BRACKETS = pattern(
    r"(?<=[\d\])}])\s+\(([^()\n]*[^\W\d_]{2}[^()\n]*|\d{1,4}(?:\s?[xX*]\s?\d{1,4})+)\)\s*$", needs="("
)
_WORDS = pattern(
    r"\s*(?:[^\W\d](?:[^\d\[\]()=:\n{}\\|;,]{0,60}?)[\s:]\s*|[^\W\d][\w^ ]{0,20}≈\s*|≈\s*)(?=[\[(]|\\begin)",
    needs="([\\",
)
_CHANNEL = pattern(r"\s*[^\W\d][^\n=\[\](){},;]{0,60}[\s:](?:\d{1,4}\s*)?:?\s*")
_BEFORE_BRACKETS = pattern(r"^\s*[^\W\d][^\[\](){}\n\\]{0,40}[:=]\s*(?=[\[(])")
_BETWEEN_BRACKETS = pattern(r"(?<=[\])}])[\s,;]*[^\W\d][^\[\](){}\n\\]{0,40}(?=[\[({])")
_ONE_OF = pattern(
    fold(
        r"\b(?:or|vs|versus|not|instead|becomes|then|if|otherwise|oder|nicht|sonst|wenn|ou|sinon|si|o|no|before|after)\b|"
        r"(?<!\w)(?:یا|نه|اگر|وگرنه|سپس|بعد|قبل)(?!\w)"
    ),
    re.IGNORECASE,
)
"""Words between two matrices that are not both the answer."""
_CORNERS = pattern(r"\s*[⎡⌈⎢⌊⎣|](.*)[⎤⌉⎥⌋⎦|]\s*", needs="|⌉⌋⎤⎥⎦")
_ENUMERATED = pattern(r"(?:^|\s|(?<=[,;(]))\(?(\d{1,2})\)\s*([^()]+?)(?=[\s,;]\(?\d{1,2}\)|$)", needs=")")
_NAMED = pattern(r"[^\W\d]\w{0,20}\s+(?=[-+.\d])")
_BULLET = pattern(r"[*•◦▪●]\s+", needs="*•▪●◦")
_DASH = pattern(r"-\s+(?=[-+.\d])", needs="-")
_NUMBERED = pattern(r"(\d{1,3})[.):]\s+", needs=").:")
_PARENTHESES = pattern(r"\(\s*([^()]*\S\s+\S[^()]*?)\s*\)[,;]?", needs="(")
_AND = pattern(rf"(?:,| ,)?[ \t]{{1,4}}(?:and|und|et|y|e|و|{fold('и')})[ \t]{{1,4}}")
_SLASHES = pattern(r"\s*\d+(?:\.\d+)?(?:\s?/\s?\d+(?:\.\d+)?){2,}\s*")
_NAME_CELL = pattern(r"\s*(?!sqrt|exp|log|ln|tanh|pi\b|e\b)[^\W\d_]{3}")
_DIGIT = pattern(r"\d")


def plain_lines(folded: str, rank: int) -> str:
    """The lines with values, without frames, headings, bullets and line numbers.

    >>> plain_lines("O:\\n1 2\\n3 4", 2), plain_lines("1. 156\\n2. 0", 1), plain_lines("|1  2|\\n|3  4|", 2)
    ('1 2\\n3 4', '156\\n0', '1  2\\n3  4')
    """
    text = RESPECTIVELY.sub("", folded.strip("\n"))
    if not all(_ROW_LABEL.match(line.strip()) for line in text.split("\n") if line.strip()) or "\n" not in text.strip():
        text = _LABEL.sub("", text, count=1)
    text = text.rstrip("\n ")
    remark = _REMARK.search(text)
    text = text[: remark.start()] if remark and not remark_acts(remark[0]) else text
    behind = _IN_BRACKETS.search(text)
    if behind and not (offers_another(behind[1]) or remark_acts(behind[1])) and "not" not in behind[1].split():
        text = text[: behind.start()]
    words = _WORDS.match(text)
    if words and ("≈" in words[0] or not (words_change(words[0]) or acts_in_front(words[0], " "))):
        text = text[words.end() :]
    if rank == 1 and "\n" not in text and "=" not in text:
        text = _inline(_AND.sub(", ", text))
    lines = [_COMMENT.sub("", line) for line in text.split("\n")] if "#" in text else text.split("\n")
    if len(lines) == 1:
        return _single(text, rank)
    corners = [_CORNERS.fullmatch(line) for line in lines]
    if all(corners) and lines[0].strip()[0] in "⎡⌈" and lines[-1].strip()[0] in "⌊⎣":
        lines = [found[1].strip() for found in corners if found]
    lines = [line for line in lines if not (line.strip() and _FRAME.fullmatch(line) and not _only_dash(line))]
    lines = [line for line in lines if not _HEADING.fullmatch(line.strip())]
    filled = [line for line in lines if line.strip()]
    for marked in (_ROW_LABEL if rank > 1 else _NAMED, _BULLET):
        if marked is not None and filled and all(marked.match(line.strip()) for line in filled):
            lines = [marked.sub("", line.strip(), count=1) for line in lines]
            filled = [line for line in lines if line.strip()]
    numbers = [_NUMBERED.match(line.strip()) for line in filled]
    if all(numbers) and [int(one[1]) for one in numbers if one] == list(range(1, len(filled) + 1)):
        lines = [_NUMBERED.sub("", line.strip(), count=1) for line in lines]
    return "\n".join(_unframed(line) for line in lines)


def separated(folded: str) -> str:
    """Several matrices without the names between them: headings become blank lines, words become commas.

    >>> separated("C1 = [[1], [2]]\\nC2 = [[3], [4]]"), separated("channel 1:\\n1 2\\nchannel 2:\\n3 4")
    ('[[1], [2]], [[3], [4]]', '\\n1 2\\n\\n3 4')
    """
    lines = ["" if _CHANNEL.fullmatch(line) else line for line in folded.split("\n")]
    text = _BEFORE_BRACKETS.sub("", "\n".join(lines), count=1)
    text = _BETWEEN_BRACKETS.sub(lambda found: found[0] if _ONE_OF.search(found[0]) else ", ", text)
    if text.count("\\begin") > 1 and "\\begin{array}" not in text:
        text = re.sub(r"(\\end\s*\{\w+\})[\s,;$]*(?:\\q?quad|and|und|et|y)?[\s,;$]*(?=\\begin)", r"\1\n\n", text)
    return text


def _inline(text: str) -> str:
    """One line of values, with the arrows or bracketed numbers between them replaced."""
    numbers = _ENUMERATED.findall(text)
    if len(numbers) > 1 and [int(number) for number, _ in numbers] == list(range(1, len(numbers) + 1)):
        return ", ".join(value.strip(" ,;") for _, value in numbers)
    return text.replace("→", ",") if "→" in text else text


def _only_dash(line: str) -> bool:
    return (not _RULE.fullmatch(line) and set(line.strip()) <= set("-=")) or "\t" in line


def _unframed(line: str) -> str:
    """A line without the bars or brackets of a drawn matrix."""
    bare = line.strip()
    if bare[:1] == "|" and bare[-1:] == "|" and "|" not in bare[1:-1] and len(bare) > 2:
        return bare[1:-1].strip()
    found = _PARENTHESES.fullmatch(bare)
    return found[1] if found and "," not in found[1] and not re.search("[*/+^]", found[1]) else line


def _single(text: str, rank: int) -> str:
    """Split a single line into rows at slashes."""
    rows = re.split(r"\s/\s", text)
    if rank == 2 and len(rows) > 1 and all(re.search(r"\S[\s,]+\S", row) and _plain(row) for row in rows):
        return "\n".join(rows)
    if rank == 1 and _SLASHES.fullmatch(text):
        return text.replace("/", ",")
    if rank == 1 and len(rows) > 2 and all(_plain(row) and "." in row for row in rows):
        return ", ".join(rows)
    return text


def _plain(row: str) -> bool:
    return all(re.fullmatch(r"[-+]?[\d.]+", cell) for cell in re.split(r",\s*|\s+", row.strip()))


def dashed(folded: str) -> tuple[str, str] | None:
    """A text whose lines all begin with a dash and a space: once without the dashes, once with minus signs."""
    lines = [line for line in folded.strip().split("\n") if line.strip()]
    if len(lines) < 2 or not all(_DASH.match(line.strip()) for line in lines):
        return None
    bare = [_DASH.sub("", line.strip(), count=1) for line in lines]
    return "\n".join(bare), "\n".join(f"-{line}" for line in bare)


def grouped(folded: str) -> str | None:
    """Rows of numbers with thousands grouped by single spaces and wider gaps between numbers; None otherwise.

    >>> grouped("1 200  2 300"), grouped("1 2  3 4")
    ('1200  2300', None)
    """
    lines = [line.strip() for line in folded.split("\n") if line.strip()]
    group = r"[1-9]\d{0,2}(?: \d{3})+"
    if not all(re.fullmatch(rf"(?:{group}|\d+)(?:(?:\s{{2,}}|\t|\s?;\s?)(?:{group}|\d+))*", line) for line in lines):
        return None
    written = "\n".join(re.sub(group, lambda found: found[0].replace(" ", ""), line) for line in lines)
    return written if written != "\n".join(lines) else None


def loose(folded: str) -> str | None:
    """A list separated by comma and space, where bare commas group thousands; None otherwise.

    >>> loose("156, 0, 2,416"), loose("1,2,3")
    ('156, 0, 2416', None)
    """
    if not re.search(r",\s", folded) or not re.search(r"\d,\d{3}(?!\d)", folded):
        return None
    return re.sub(r"(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})+(?!\d)", lambda found: found[0].replace(",", ""), folded)


def thousands(folded: str) -> str | None:
    """Rows whose commas may be separators or thousands marks, `1,200,2,300`, read as thousands marks."""
    if not re.search(r"\d,\d{3},\d", folded) or re.search(r",\s*\d{0,2}(?!\d)(?!,\d{3})", folded):
        return None
    return re.sub(r"([1-9]\d{0,2})((?:,\d{3})+)", lambda found: found[0].replace(",", ""), folded)


def filled_lines(folded: str) -> list[str]:
    """The lines that are not blank."""
    return [line.strip() for line in folded.split("\n") if line.strip()]


def one_a_line(folded: str) -> list[str]:
    """The lines that hold a number, or the mark of a blank one."""
    return [line for line in filled_lines(folded) if _DIGIT.search(line) or line in ("-", "?")]


def without_names(rows: list[list[str]], rank: int) -> list[list[str]]:
    """Rows of cells without a header row; for a list, without the names before its values.

    >>> without_names([["Layer", "Params"], ["C1", "156"], ["S2", "0"]], 1)
    [['156'], ['0']]
    """
    if len(rows) > 1 and _is_head(rows[0]) and any(_DIGIT.search(cell) for row in rows[1:] for cell in row):
        rows = rows[1:]
    if rank == 2 and len(rows) > 1 and all(len(row) > 2 and _NAME_CELL.match(row[0]) for row in rows):
        return [row[1:] for row in rows]
    names = rank == 1 and len(rows) > 1 and all(len(row) == 2 for row in rows)
    if names and all(re.match(r"[^\W\d]", row[0]) and re.search(r"\d", row[1]) for row in rows):
        return [[row[1]] for row in rows]
    return rows


def _is_head(row: list[str]) -> bool:
    """Whether a row holds words or names such as `p1`, and no values or blanks."""
    words = all(not _DIGIT.search(cell) or re.fullmatch(r"[^\W\d]+[_ ]?\d{1,3}", cell) for cell in row)
    return words and any(row) and not all(re.fullmatch(r"[-?]*", cell) for cell in row)
