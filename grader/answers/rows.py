"""Splitting text into rows and cells: tabs, bars, spaces, commas, LaTeX arrays, bracketed lists."""

from __future__ import annotations

import re

from grader.answers.characters import unmarked
from grader.answers.outer import refuse_outside
from grader.answers.pasted import unlatex
from grader.answers.refusal import ambiguous, quoted, the_numbers, unreadable
from grader.answers.splitting import closes_last
from grader.answers.tokens import GROUPED, MANTISSA
from grader.messages import sentence
from grader.patterns import pattern

_ENVIRONMENT = pattern(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}(?:\s*\[[a-z]\])?(?:\s*\{[|lcr@\s]*\})?")
_RULE = pattern(r"\\(?:hline|cline\{[^{}]*\}|toprule|midrule|bottomrule)")
_ROW_END = pattern(r"\\\\(?:\[[^\[\]]*\])?|\\(?=\s|$)|\\(?=\s*\n)")
_PLAIN_CELL = pattern(rf"--?|\?|…|[-+]?(?:{MANTISSA})(?:[eE][-+]?\d+)?(?:/[-+]?{MANTISSA})?%?")
_HALF = pattern(r"0\d\d")
_GROUPED = pattern(rf"[-+]?{GROUPED}")
_ONLY_MARKS = pattern(r"[\s\[\](){}|,;]*")
_LABEL = pattern(r"[^\W\d\n=][^\n=]{0,60}=\s*|[∂∇][^\n=]{0,60}=\s*", needs="=")
_TUPLE = pattern(r"\([^()]*[,;][^()]*\)[,;]?", needs="(")
_SEMICOLONS = pattern(r"[\[(]((?:\s*[^\s;,()\[\]]+\s*;)+\s*[^\s;,()\[\]]+)\s*[\])]")
_SEVERAL = pattern(r"[,;\n\[\]{}]|[\w.)]\s+[-+.\w(]")
_BARE = {0xE100: "(", 0xE101: ")"}
_LONGEST_CELL = 200
_DEEPEST = 8
_TUPLES = pattern(r"\([^(),\n]*,[^()\n]*\)(?:\s*(?:,\s*)?\([^(),\n]*,[^()\n]*\))+", needs=",")
_LIST = pattern(r",\s")


def without_label(folded: str) -> str:
    """The text without a leading `O = `.

    >>> without_label("O = 1 2"), without_label("1 2 = 3")
    ('1 2', '1 2 = 3')
    """
    text = folded.strip("$ \n")
    found = _LABEL.match(text.removeprefix("\\"))
    if not found:
        return folded
    rest = text.removeprefix("\\")[found.end() :]
    return rest if "=" not in rest or rest.startswith(("[", "\\begin")) else folded


def as_rows(folded: str) -> str:
    """HTML table rows as lines, plain TeX rows as LaTeX."""
    if "<td" in folded or "<th" in folded:
        return re.sub(
            r"<[^<>]{0,80}>", "", re.sub(r"</t[dh]>\s*<t[dh][^<>]{0,80}>", "\t", folded.replace("</tr>", "\n"))
        )
    if "\\cr" in folded:
        folded = re.sub(r"\\p?matrix\s*\{(.*)\}", r"\\begin{matrix}\1\\end{matrix}", folded, flags=re.DOTALL)
        return re.sub(r"\\cr\b", r"\\\\", folded)
    return folded


def items_of(folded: str) -> list[str]:
    """The matrices of a list nested at least three deep, or written side by side; empty for other texts.

    >>> items_of("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]"), items_of("[[1], [2]]; [[3], [4]]"), items_of("[[1], [2]]")
    (['[[1, 2], [3, 4]]', '[[5, 6], [7, 8]]'], ['[[1], [2]]', '[[3], [4]]'], [])
    """
    items = _groups(folded.strip(" \n,;"))
    if len(items) == 1:
        items = _groups(items[0][1:-1])
    nested = all(re.match(r"[\[({]\s*[\[({]", item) for item in items)
    return items if items and (nested or (len(items) > 1 and all(";" in item for item in items))) else []


def _groups(text: str) -> list[str]:
    """The bracketed groups of a text; empty where anything else comes between them."""
    found, level, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            start = at if level == 0 else start
            level += 1
        elif char in ")]}":
            level -= 1
            if level < 0:
                return []
            if level == 0:
                found.append(text[start : at + 1])
        elif level == 0 and char not in ",; \n":
            return []
    return found if level == 0 else []


def blocks_of(folded: str) -> list[str]:
    """The blocks between blank lines."""
    return [block for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", folded.strip("\n")) if block.strip()]


def rows_of(folded: str, formulas: bool, rank: int = 2) -> list[list[str]]:
    """The cells of every row, as text.

    >>> rows_of("0  3/4\\n1/4 -1/2", formulas=False)
    [['0', '3/4'], ['1/4', '-1/2']]
    >>> rows_of("[1, 2; 3, 4]", formulas=False)
    [['1', '2'], ['3', '4']]
    """
    text = folded.strip("\n ")
    if "\\begin" in text or "&" in text:
        return _latex_rows(text)
    text = unlatex(text, row=True) if "$" in text or "\\" in text else text
    listed = _SEMICOLONS.fullmatch(text) if rank == 1 else None
    if listed:
        return [[cell.strip() for cell in listed[1].split(";")]]
    if rank > 1 and not formulas and _TUPLES.fullmatch(text):
        return [_bracket_cells(row, formulas) for row in re.findall(r"\([^()]*\)", text)]
    bracketed = _bracket_rows(text, formulas, rank)
    if bracketed is not None:
        return bracketed
    lines = [line for line in text.split("\n") if line.strip() and not _is_rule(line)]
    if len(lines) > 1 and all(";" in line.strip().strip(";") for line in lines):
        return [[cell.strip() for cell in line.strip().rstrip(";").split(";")] for line in lines]
    if len(lines) == 1 and ";" in lines[0]:
        lines = [line for line in lines[0].split(";") if line.strip()]
    if rank == 1 and len(lines) > 1 and all(_GROUPED.fullmatch(unmarked(line)) or "," not in line for line in lines):
        lines = [line.replace(",", "") if _GROUPED.fullmatch(unmarked(line)) else line for line in lines]
    rows = [cells_of(line, formulas) for line in lines] or [[""]]
    while all(len(row) > 1 and not row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    return rows


def _is_rule(line: str) -> bool:
    return "|" in line and "--" in line and not set(line) - set("|:- \t")


def _latex_rows(text: str) -> list[list[str]]:
    """Rows split at `\\\\`, cells at `&`; of cases only the values, not their conditions."""
    cases = "cases}" in text
    marks = list(_ENVIRONMENT.finditer(text))
    if marks:
        refuse_outside(text[: marks[0].start()], text[marks[-1].end() :])
        text = text[marks[0].end() : marks[-1].start() if len(marks) > 1 else len(text)]
    text = _RULE.sub(" ", _ENVIRONMENT.sub(" ", text)).replace("\\left", "").replace("\\right", "")
    text = text.strip("$ \n")
    text = text if marks else _inside(text)
    rows = _ROW_END.split(text)
    if len(rows) == 1:
        rows = text.split("\n")
    cells = [[cell.strip() for cell in row.split("&")] for row in rows if row.strip()]
    return [[row[0].rstrip(", ")] for row in cells] if cases else cells


def _inside(text: str) -> str:
    """A text without the pair of brackets around all of it."""
    while text[:1] in ("[", "(") and closes_last(text):
        text = text[1:-1].strip("$ ")
    return text


def _bracket_rows(text: str, formulas: bool, rank: int) -> list[list[str]] | None:
    """`[[1, 2], [3, 4]]`, `[1 2; 3 4]` or bracketed lines; None where the brackets do not hold rows."""
    inside = text.strip().rstrip(",.;")
    lines = [line.strip() for line in inside.split("\n") if line.strip()]
    if not formulas and len(lines) == 1 and ";" in inside and _TUPLE.fullmatch(inside):
        rows = [row.strip() for row in inside[1:-1].split(";")]
        if all(len(re.split(r"[\s,]+", row)) > 1 for row in rows):
            return [_bracket_cells(row, formulas) for row in rows]
    if not formulas and lines and all(_TUPLE.fullmatch(line) for line in lines):
        return [_bracket_cells(line, formulas) for line in lines]
    if not inside.startswith(("[", "{", "((", "([")) or not inside.endswith(("]", "}", "))")):
        return None
    if inside.startswith("(") and not (re.search("[,;]", inside) and closes_last(inside)):
        return None
    if formulas and not re.search(r"[,;\n]", inside):
        return None
    inside = _shielded(inside)
    rows = [row for row in re.split(r"[\])}][\s,;]*[\[({]", inside) if not _ONLY_MARKS.fullmatch(row)]
    nested = len(rows) > 1 or re.match(r"[\[({]\s*[\[({]", inside) is not None
    if not nested or (len(rows) == 1 and _even(rows[0], rank)):
        rows = re.split(r";|\n", inside)
    cells = [_bracket_cells(row, formulas) for row in rows if row.strip()]
    return [[cell.translate(_BARE) for cell in row] for row in cells]


def _even(row: str, rank: int) -> bool:
    """Whether semicolons divide a text into rows of several numbers each, as in `[[1 0; 3 4]]`."""
    divider = r"\s*,\s*|\s+" if rank > 1 else r"\s+"
    rows = [re.split(divider, part.strip()) for part in row.strip("[](){} ;").split(";")]
    plain = len(rows) > 1 and all(_all_plain(cells) for cells in rows)
    return plain and len(rows[0]) > 1 and len({len(cells) for cells in rows}) == 1


def _shielded(text: str) -> str:
    """The text with other marks for the parentheses of a cell, `[(1/4), (1/2)]`: they hold no row."""
    marked, opened = list(text), []
    for at, char in enumerate(text):
        if char == "(":
            opened.append(at)
        elif char == ")" and opened:
            start = opened.pop()
            spans_all = start == 0 and at == len(text) - 1
            if at - start <= _LONGEST_CELL and not spans_all and not _SEVERAL.search(text[start + 1 : at]):
                marked[start], marked[at] = "\ue100", "\ue101"
    return "".join(marked)


def without_single_axes(text: str, rank: int) -> str:
    """A nested list as programs print it, without axes of length 1 before or after the expected ones.

    >>> without_single_axes("[[[[6.],\\n [4.]],\\n\\n [[7.],\\n [9.]]]]", 2), without_single_axes("[[1], [2]]", 2)
    ('[[6., 4.], [7., 9.]]', '[[1], [2]]')
    """
    inside = " ".join(text.split())
    opened = pattern(r"[\[\s]*").match(inside)
    depth = opened[0].count("[") if opened else 0
    if not rank < depth <= _DEEPEST or not closes_last(inside):
        return text
    while depth > rank and inside[1:].lstrip().startswith("[") and closes_last(inside[1:-1].strip()):
        inside, depth = inside[1:-1].strip(), depth - 1
    entries = re.findall(r"\[([^\[\]]*)\]", inside)
    bare = not _ONLY_MARKS.fullmatch(re.sub(r"\[[^\[\]]*\]", " ", inside))  # an entry or a sign outside brackets
    if (
        depth == rank + 1
        and not bare
        and all(entry.strip() and not re.search(r"[\s,;]", entry.strip()) for entry in entries)
    ):
        inside, depth = re.sub(r"\[\s*([^\[\]]*?)\s*\]", r"\1", inside), rank
    return inside if depth == rank else text


def _without_brackets(row: str) -> str:
    """A row without its outer brackets; those of a cell such as `cos(1/100)` stay."""
    inner = row.strip("[]{} \t\n,")
    if inner.count("(") == inner.count(")") and not inner.startswith("("):
        return inner
    return row.strip("[](){} \t\n,")


def _bracket_cells(row: str, formulas: bool) -> list[str]:
    row = row.strip()
    row = row.strip("[]{} ,") if formulas else _without_brackets(row)
    return [cell.strip().strip("'\"") for cell in row.split(",")] if "," in row else cells_of(row, formulas)


def cells_of(line: str, formulas: bool) -> list[str]:
    """The cells of one row, split at its strongest separator."""
    if "\t" in line:
        return _by_tabs(line.strip(" "), formulas)
    line = line.strip()
    if "|" in line:
        return [cell.strip() for cell in line.strip("|").split("|")]
    line = unmarked(line)
    by_space = line.split()
    if _all_plain(by_space):
        if len(by_space) == 1 and _GROUPED.fullmatch(line) and "," in line:
            listed = line.split(",")
            raise ambiguous(line, quoted(line.replace(",", ""))[1:-1], the_numbers(listed))
        if any(_HALF.fullmatch(cell) for cell in by_space[1:]):
            raise ambiguous(line, sentence("thousands divided by spaces"), the_numbers(by_space))
        return by_space
    if "," in line and not formulas and _LIST.search(line) and re.search(r"[(=]", line):
        return _outside_brackets(line)
    if "," in line and (not formulas or "(" not in line) and (" " not in line or _LIST.search(line)):
        return _by_commas(line)
    wide = re.split(r"\s{2,}", line)
    if len(wide) > 1 or len(by_space) == 1:
        return wide
    return _by_single_spaces(line, by_space, formulas)


def _by_tabs(line: str, formulas: bool) -> list[str]:
    cells = [cell.strip() for cell in line.split("\t")]
    crowded = [] if formulas else [cell for cell in cells if len(cell.split()) > 1 and _all_plain(cell.split())]
    if crowded and sum(map(bool, cells)) == 1:
        return crowded[0].split()
    if crowded:
        raise unreadable(
            "expected cells divided by tabs or by spaces, received both in {received}: write one matrix alone",
            received=quoted(line),
        )
    return cells


def _all_plain(cells: list[str]) -> bool:
    return all(_PLAIN_CELL.fullmatch(cell) for cell in cells)


def _outside_brackets(line: str) -> list[str]:
    """Split at commas before spaces, outside brackets: `(1+2)*3 = 9, 0 (none), 4`."""
    cells, start, level = [], 0, 0
    for at, char in enumerate(line):
        level += (char in "([{") - (char in ")]}")
        if char == "," and level == 0 and line[at + 1 : at + 2] in (" ", ""):
            cells.append(line[start:at].strip())
            start = at + 1
    rest = line[start:].strip()
    return [*cells, rest] if rest else cells


def _by_commas(line: str) -> list[str]:
    """`1, 2, 3` or `73,856, 147,584`; a mixture such as `128,256, 512` has two readings."""
    line = line.rstrip(", ")
    listed = [cell.strip() for cell in _LIST.split(line)]
    grouped = [cell for cell in listed if _GROUPED.fullmatch(cell)]
    if len(listed) > 1 and len(grouped) == len(listed):
        return listed
    cells = [cell.strip() for cell in line.split(",")]
    if len(listed) > 1 and grouped:
        readings = (sentence("{count} numbers", count=len(found)) for found in (listed, cells))
        raise ambiguous(line, *readings)
    return cells


def _by_single_spaces(line: str, cells: list[str], formulas: bool) -> list[str]:
    """Split at single spaces, except around an operator or inside brackets."""
    level = 0
    for cell in cells:
        level += sum(cell.count(mark) for mark in "([{") - sum(cell.count(mark) for mark in ")]}")
        if (
            level
            or (cell[-1] in "+-*/^=" and (cell != "-" or formulas))
            or (cell[0] in "+*/^=" or cell.startswith("- "))
        ):
            return [line]
    if any(cell.isalpha() and len(cell) > 2 for cell in cells):
        return [line]
    remarks = [re.fullmatch(r"\(.*\)|\[.*\]", cell) is not None for cell in cells]
    if not formulas and len(cells) % 2 == 0 and remarks == [False, True] * (len(cells) // 2):
        return [f"{value} {remark}" for value, remark in zip(cells[::2], cells[1::2], strict=True)]
    return cells
