"""The text of an array before it is split into cells: frames, headings, labels and line numbers removed."""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.answers.remarks import offers_another, words_change
from grader.patterns import pattern
from grader.structs import Struct

_FRAME = pattern(r"[\s┌┐└┘─╭╮╰╯⎡⎤⎣⎦⎢⎥|+=:-]+")
_RULE = pattern(r"[\s|:+=─-]{3,}")
_HEADING = pattern(
    r"python|matlab|text|[^\W\d][^\n=]{0,60}:|\(:,\s?:,\s?\d+\)\s*=|=|[^\W\d][\w ]{0,20}=", needs="(:=mpt"
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
_CORNERS = pattern(r"\s*[⎡⌈⎢⌊⎣|](.*)[⎤⌉⎥⌋⎦|]\s*", needs="|⌉⌋⎤⎥⎦")
_ENUMERATED = pattern(r"(?:^|\s|(?<=[,;(]))\(?(\d{1,2})\)\s*([^()]+?)(?=[\s,;]\(?\d{1,2}\)|$)", needs=")")
_NAMED = pattern(r"[^\W\d]\w{0,20}\s+(?=[-+.\d])")
_BULLET = pattern(r"[*•◦▪●]\s+", needs="*•▪●◦")
_DASH = pattern(r"-\s+(?=[-+.\d])")
_NUMBERED = pattern(r"(\d{1,3})[.):]\s+", needs=").:")
_PARENTHESES = pattern(r"\(\s*([^()]*\S\s+\S[^()]*?)\s*\)[,;]?", needs="(")
_AND = pattern(rf"(?:,| ,)?[ \t]{{1,4}}(?:and|und|et|y|e|و|{fold('и')})[ \t]{{1,4}}")
_TRANSPOSED = pattern(r"(?<=[\])}])\s*(?:\.T|\^\s?\{?\s*(?:T|\\top|\\intercal|⊤)\s*\}?|ᵀ|')\s*\$*$", needs=")]}")
_NUMBER = r"(?:[-+]?\d+(?:\.\d+)?(?:\s?/\s?\d+)?|-?\\[dt]?frac\s?(?:\{\d+\}\s?\{\d+\}|\d\d|\d\{\d+\}))"
_SIGN = r"(?:\*|\\cdot|\\times|\\,)"
_OPENS = r"(?:\[|\\left|\\begin|\\bigl?|\((?=\s*[\[(]))"
_IN_FRONT = pattern(rf"\$*\s*\(?({_NUMBER})\)?\s*{_SIGN}?\s*(?={_OPENS})", needs="([\\")
_BEHIND = pattern(rf"(?<=[\]}}])\s*(/|{_SIGN})\s*({_NUMBER})\s*\$*$", needs="]}")
_SLASHES = pattern(r"\s*\d+(?:\.\d+)?(?:\s?/\s?\d+(?:\.\d+)?){2,}\s*")
_NAME_CELL = pattern(r"\s*(?!sqrt|exp|log|ln|tanh|pi\b|e\b)[^\W\d_]{3}")
_SHAPE_BESIDE = pattern(
    r",?\s*\b(?:of\s)?(?:shape|size|dtype)\s*[=:]?\s*(?:\([\d, x*]*\)|\d+\s?[x*]\s?\d+|\w+)|"
    r"(?:∈|\\in|in)\s*(?:\\mathbb\s?\{?)?[Rℝ]\}?\s*\^\s?[({]?[\d\s*x]*(?:\\times)?[\d\s]*[)}]?|"
    r"\b\d+\s?[x*]\s?\d+\s?:"
)
"""A shape next to an array, which adds nothing."""
_OTHERWISE = pattern(
    r"[\d+*/^<>!≠±\\]|\s-\s|\b(?:not|no|or|never|without|except|minus|plus|half|twice|times|transposed?|inverse|see|wrong|"
    r"instead|but|than|oder|nicht|ou|pas)\b",
    re.IGNORECASE,
)
"""Words or signs next to an array that change its value."""
_ROOTS = r"(?:[\d\s()/.^*]|√|sqrt|\\sqrt|\\[dt]?frac|[{}])"
_ROOT_IN_FRONT = pattern(rf"\$*\s*({_ROOTS}{{1,60}}?)\s*{_SIGN}?\s*(?=\[|\\left\s?\[|\\begin)", needs="[\\")
_ROOT_BEHIND = pattern(rf"(?<=[\]}}])\s*(/|{_SIGN})\s*({_ROOTS}{{1,60}})\s*\$*$", needs="]}")
_EQUALS = pattern(r"[\])}]\s*(?:[-+*/][^=≈→]*)?[=≈→]", needs="=→≈")
_SYMBOL = pattern(r"[^\W\d_∇∂][\w ]{0,20}|[∇∂]\w{1,5}")
_ARRAY_LIKE = pattern(r"[-\d\s./√*()]*(?:[\[(]|\\begin|\\left)")
_WHOLE = pattern(r"(?:[\[(]|\\begin|\\left).*[\])}]", re.DOTALL)
MAX_CHAIN = 5_000
_DIGIT = pattern(r"\d")


class Framed(Struct):
    """An array's text without its surroundings, its outer factor, and whether it is transposed."""

    text: str
    factor: str = ""
    divided: bool = False
    transposed: bool = False


def framed(folded: str) -> Framed:
    """Take off the factor before or after a matrix, and a transposition.

    >>> framed("1/4 * [[9, 13], [7, 3]]")
    Framed(text='[[9, 13], [7, 3]]', factor='1/4', divided=False, transposed=False)
    >>> framed("[[2, 4], [6, 8]] / 2").divided, framed("[1, 2]^T").transposed, framed("[1, 2]").factor
    (True, True, '')
    """
    text = folded.strip()
    found = _TRANSPOSED.search(text)
    transposed = found is not None
    if found:
        text = text[: found.start()]
    if re.match(r"-\s?(?:\[|\(\s?[\[(]|\\begin)", text):
        return Framed(text[1:].strip(), "-1", transposed=transposed)
    found = _IN_FRONT.match(text)
    if found:
        return Framed(text[found.end() :], found[1], transposed=transposed)
    found = _BEHIND.search(text)
    if found:
        return Framed(text[: found.start()], found[2], found[1] == "/", transposed)
    found = _ROOT_IN_FRONT.match(text)
    if found and re.search(r"\d", found[1]):
        return Framed(text[found.end() :], found[1], transposed=transposed)
    found = _ROOT_BEHIND.search(text)
    if found:
        return Framed(text[: found.start()], found[2], found[1] == "/", transposed)
    return Framed(text if transposed else folded, transposed=transposed)


def concluded(folded: str) -> str:
    """The last side of a chain of arrays, `[1, 0] / 0.5 = [2, 0]`; anything else unchanged.

    >>> concluded("[2x, 20y] = [20, 20]"), concluded("a = (1, 2), b = (3, 4)"), concluded("O = [1, 2]")
    ('[20, 20]', 'a = (1, 2), b = (3, 4)', 'O = [1, 2]')
    """
    if not _EQUALS.search(folded) or len(folded) > MAX_CHAIN or "\n" in folded.strip():
        return folded
    sides, start, level = [], 0, 0
    for at, char in enumerate(folded):
        level += (char in "([{") - (char in ")]}")
        if level == 0 and char in "=≈→":
            sides.append(folded[start:at].strip(" $"))
            start = at + 1
    last = folded[start:].strip(" $.")
    named = sides[1:] if sides and _SYMBOL.fullmatch(sides[0]) else sides
    steps = [side for side in named if side]
    arrays = all(_ARRAY_LIKE.match(side) and not _top_level_commas(side) for side in steps)
    return last if steps and arrays and _WHOLE.fullmatch(last) and not _top_level_commas(last) else folded


def only_array(folded: str) -> str | None:
    """The only bracketed array, without the words, name or shape around it; None where there are several.

    >>> only_array("max pooling gives [[6, 8], [3, 4]]"), only_array("Y = np.array([1, 2]), shape (2,)")
    ('[[6, 8], [3, 4]]', '[1, 2]')
    >>> only_array("[1, 2] or [3, 4]"), only_array("2 - [1, 2]")
    (None, None)
    """
    if len(folded) > MAX_CHAIN:
        return None
    text = _SHAPE_BESIDE.sub(" ", folded)
    groups, start, level = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            start = at if level == 0 else start
            level += 1
        elif char in ")]}" and level:
            level -= 1
            if level == 0:
                groups.append((start, at + 1))
    arrays = [(first, last) for first, last in groups if re.search(r"\d[^\[\]]*[,;\s][^\[\]]*\d", text[first:last])]
    if len(arrays) != 1 or level:
        return None
    first, last = arrays[0]
    beside = f"{text[:first]} {text[last:]}"
    inner = text[first + 1 : last - 1].strip()
    array = inner if text[first] == "(" and inner[:1] == "[" and inner[-1:] == "]" else text[first:last]
    return None if _OTHERWISE.search(beside) else array


def _top_level_commas(text: str) -> bool:
    level = 0
    for char in text:
        level += (char in "([{") - (char in ")]}")
        if level == 0 and char in ",;":
            return True
    return False


def plain_lines(folded: str, rank: int) -> str:
    """The lines with values, without frames, headings, bullets and line numbers.

    >>> plain_lines("O:\\n1 2\\n3 4", 2), plain_lines("1. 156\\n2. 0", 1), plain_lines("|1  2|\\n|3  4|", 2)
    ('1 2\\n3 4', '156\\n0', '1  2\\n3  4')
    """
    text = folded.strip("\n")
    if not all(_ROW_LABEL.match(line.strip()) for line in text.split("\n") if line.strip()) or "\n" not in text.strip():
        text = _LABEL.sub("", text, count=1)
    text = _REMARK.sub("", text.rstrip("\n "))
    behind = _IN_BRACKETS.search(text)
    if behind and not offers_another(behind[1]) and "not" not in behind[1].split():
        text = text[: behind.start()]
    words = _WORDS.match(text)
    text = text[words.end() :] if words and ("≈" in words[0] or not words_change(words[0])) else text
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
    text = _BETWEEN_BRACKETS.sub(", ", _BEFORE_BRACKETS.sub("", "\n".join(lines), count=1))
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
    if rank == 2 and len(rows) > 1 and all(len(row.split()) > 1 and _plain(row) for row in rows):
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
    """The lines that hold a number, or a dash for one."""
    return [line for line in filled_lines(folded) if _DIGIT.search(line) or line == "-"]


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
