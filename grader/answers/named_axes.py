"""Shapes whose sizes are named: `C=6, H=28, W=28`, `(C, H, W) = (6, 28, 28)`, `6@28x28`, `28h x 28w x 6c`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.answers.characters import fold
from grader.answers.splitting import closes_last
from grader.patterns import pattern

_WORDS = {
    "H": "h height rows row high tall zeilen zeile lignes ligne filas fila строки строк строка سطر ردیف 行 "
    "höhe alto altura hauteur высота ارتفاع الارتفاع 高 高度 높이",
    "W": "w width columns cols column wide spalten spalte colonnes columnas столбца столбцов столбцы ستون 列 "
    "breite ancho largeur ширина عرض العرض 宽 宽度 너비",
    "C": "c d ch channel channels depth deep filters filter maps map kernels feature features "
    "classes units planes kanäle tiefe canales canal kanal canaux profondeur "
    "каналы канала каналов канал глубина عمق کانال کانالها کاناله القنوات "
    "通道 通道数 深度 채널 채널수",
    "L": "l t length len steps step time timesteps sequence seq länge longitud longueur طول 长度 길이",
    "N": "n b batch batch_size none",
}
AXES = {fold(word): axis for axis, words in _WORDS.items() for word in words.split()}
"""The axis that a word names."""

_NAME = r"([^\W\d]+\d?(?:[ _]?(?:out|output|in|size|maps))?)"
_ASSIGNED = pattern(
    rf"((?:{_NAME}\s?=\s?)*{_NAME})\s?[=: ]\s?(\d{{1,9}})(?:\s?(?:px|pixels?))?", re.IGNORECASE, needs=" :="
)
_COUNT_FIRST = pattern(r"^(\d{1,9})\s([^\W\d]{4,})$")
_BETWEEN = pattern(r"(?<=\d)\s+(?=[^\W\d]+\s?[=:])", needs=":=")
_SUFFIXED = pattern(r"(\d{1,9})(?:\s?\(?([hwcHWC])\)?|\s([^\W\d_]{1,20}))")
_CLOSE = pattern(r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=\d)|(?<=\d)(?=[\u3400-\u9fff\uac00-\ud7af])")
_JOINTS = pattern(
    fold(
        r"\s*(?:[,;&\n]|\bof(?=\slength\b)|\b(?:and|with|having|using|und|mit|et|avec|y|con|и|с|at|by(?=\s\d+\s[^\W\d]))\b|\bو\b|\bبا\b)\s*"
        r"(?:(?:each|of(?: size)?|per|je|de)\b)?[\s:]*"
    ),
    re.I,
)
_PAIR = pattern(
    r"(?:(?:size|dimensions?|spatial(?: size)?|each|of size|of)[\s:=]*)*\(?(\d{1,9})\s?[*xX]\s?(\d{1,9})\)?"
    r"(?:\s?(?:px|pixels?|pixel|each|in size|spatial|(?:feature )?(?:images?|maps?|grids?|outputs?|volumes?)))*",
    re.IGNORECASE,
    needs="*Xx",
)
_STEPS = pattern(r"[=:]\s*[^=:,;\n]{0,60}[-+/()][^=,;\n]{0,60}=\s*(\d{1,9})(?![\d*xX.]|\s?[*xX])", needs="()+-/")
"""A calculation between a name and its size, `W = (32-5)/1+1 = 28`."""
_FILTERS = pattern(
    r"(\d{1,9})\s?[*xX]\s?(\d{1,9})\s?[*xX]\s?(\d{1,9})(?:[,;]\s|\s)\(?(\d{1,9})\s(?:filters?|kernels?)\)?",
    re.IGNORECASE,
)
_COUNT = pattern(r"(\d{1,9})\s(?:(?:feature|output|convolution(?:al)?|different|such)\s)?([^\W\d]+)", re.IGNORECASE)
_NAMES = pattern(r"[^\W\d]+\d?(?:[ _](?:out|output|in|size|maps))?")
_PIECES = pattern(r"\s*(?:[,;*\n]|\band\b|\bund\b|\bet\b|\by\b)\s*", needs=(*",;*\n", "and", "und", "et", "y"))
_IN_ORDER = pattern(
    r"(.+?)\s*(?:\bin\b|\(|\[|,)?\s*[(\[]?\b([HWCN]{2,4})\b[)\]]?(?:\s+(?:order|format))?", needs="CHNW"
)
_BY = pattern(r"(?<=\d)\s+by\s+(?=\d)", needs="b")
_NAME_BEHIND = pattern(r"(?<=\d)\s?\(([^\W\d_]{1,20})\)", needs=")")
_WORD_AND_PAIR = pattern(r"(?<=[^\W\d_]{3})\s+(?=\d{1,9}\s?[xX*]\s?\d)", needs="xX*")
_LETTERS = pattern(r"[HWCNhwcn](?:\s?[xX*,]?\s?[HWCNhwcn]){1,3}")
_AXES_BEHIND = pattern(r"(?<=[\d)\]])\s*[\[(]\s*([^\d()\[\]]{2,60}?)\s*[\])]$", needs=")]")
_CHANNELS = pattern(fold(r"\b(?:c|ch|chan\w*|kan[aä]\w*|cana\w*|канал\w*|کانال\w*|القنوات)\b|通道|채널"), re.IGNORECASE)
_MAPS = pattern(
    r"\(?(?P<n>\d{1,9})\s?(?:@\s?\(?|[*xX]\s?\(|,\s?\(|,\s(?=\d+ ?[xX*][^,]*$)|"
    r"(?:feature\s?)?(?:maps?|filters?|channels?|kernels?|张|个|개)[\s,]{0,2}(?:of\s)?(?:size\s)?\(?|"
    r"\s[^\W\d_]{3,20}\sof\s(?:size\s|shape\s)?\(?)"
    r"\s?(?P<size>\d{1,9}(?:\s?[*xX,]\s?\d{1,9}){1,2})\){0,2}"
)
_COUNTED = (
    r"(?:feature\s?|output\s?|class\s?)?(?:maps?|filters?|channels?|kernels?|deep|class(?:es)?|units|planes|scores|"
    rf"[Kk]anälen?|[Ff]iltern?|canaux|filtres|canales|filtros|{fold('کانال|فیلتر')})"
)
_SIZE_FIRST = pattern(
    r"(?:\((?P<pair>\d{1,9}\s?[,*xX]\s?\d{1,9})\)\s?[@,*xX]?\s?|"
    r"(?P<size>\d{1,9}\s?[*xX]\s?\d{1,9})(?:\s?@\s?|\s?[,;]?\s|,?\s(?:with|and|by|mit|avec|con|با)\s|"
    r",?\s\(?(?:depth|channels?)[ :=]{1,3}))"
    rf"(?P<n>\d{{1,9}})(?:\s{_COUNTED})?"
)
_SIZE_IN_FRONT = pattern(rf"(?P<size>\d{{1,9}}\s?[*xX]\s?\d{{1,9}})\s\((?P<n>\d{{1,9}})\s{_COUNTED}\)", needs="(")


def axis_of(word: str) -> str | None:
    """The axis that a word names: H, W, C or N.

    >>> axis_of("Height"), axis_of("W_out"), axis_of("params")
    ('H', 'W', None)
    """
    plain = re.sub(r"[ _](?:out|output|in|size|maps)$|(?<=^[hwdc])_?\d$", "", word.strip().casefold())
    return AXES.get(plain)


def named_shape(text: str, order: str, four: bool = False) -> tuple[int, ...] | None:
    """Sizes given by axis name in a folded text, in the assignment's order; None where none are named.

    The batch axis and the number of filters count only where `four` sizes are asked for.

    >>> named_shape("C=6, H=28, W=27", "HWC"), named_shape("(C, H, W) = (6, 28, 27)", "HWC")
    ((28, 27, 6), (28, 27, 6))
    >>> named_shape("6@28*27", "HWC"), named_shape("28*27, 6 filters", "CHW"), named_shape("H = W = 28", "HWC")
    ((28, 27, 6), (6, 28, 27), (28, 28))
    """
    text = _prepared(text)
    sizes = _named(text)
    if sizes is not None:
        return _ordered(sizes, order, four)
    maps = _filters(text, order) if four else _maps(text, order)
    if maps is not None:
        return maps
    sizes = _described(text)
    return None if sizes is None else _ordered(sizes, order, four)


def sequence_as_written(text: str) -> tuple[tuple[int, ...], bool] | None:
    """The sizes of a sequence in the order written, and whether they name channels; None for other shapes.

    An assignment's order of image axes does not say where a sequence's steps stand.

    >>> sequence_as_written("T=3, d=4"), sequence_as_written("3 steps x 4 channels"), sequence_as_written("H=3, W=4")
    (((3, 4), False), ((3, 4), True), None)
    """
    text = _prepared(text)
    sizes = _named(text) or _described(text) or {}
    sizes.pop("N", None)
    return (tuple(sizes.values()), bool(_CHANNELS.search(text))) if set(sizes) == {"C", "L"} else None


def _named(text: str) -> dict[str, int] | None:
    """The sizes by axis, in the order written, where each has a name."""
    return next((sizes for read in (_assigned, _listed, _in_order, _suffixed) if (sizes := read(text))), None)


def _prepared(text: str) -> str:
    """The text with results for calculations, and names without brackets."""
    text = text.strip(" .;,")
    text = text if text.isascii() else _CLOSE.sub(" ", text)
    return _BY.sub(" x ", _named_behind(_STEPS.sub(r"= \1", text)))


def _named_behind(text: str) -> str:
    """`64 (channels) x 7 (height)` as `64 channels * 7 height`; unchanged where a bracket is not an axis."""
    names = _NAME_BEHIND.findall(text)
    if len(names) < 2 or not all(axis_of(name) for name in names):
        return text
    return re.sub(r"\s*[xX*]\s*(?=\d)", " * ", _NAME_BEHIND.sub(r" \1 ", text)).strip()


def _ordered(sizes: dict[str, int], order: str, four: bool) -> tuple[int, ...] | None:
    if not four:
        sizes.pop("N", None)
    wanted = f"N{order or 'HWC'}"
    if set(sizes) <= {"N", "C", "L"}:
        wanted = wanted.replace("HW", "L")
    elif "D" in sizes:
        wanted = wanted.replace("HW", "DHW")
    if len(sizes) < 2 or not set(sizes) <= set(wanted):
        return None
    return tuple(sizes[axis] for axis in wanted if axis in sizes)


def _assigned(text: str) -> dict[str, int] | None:
    """`C=6, H=28, W=28`, `Height: 28`, `H = W = 28`."""
    inside = text[1:-1] if text[:1] in "([{" and text[-1:] in ")]}" else text
    pieces = [piece for piece in _PIECES.split(_BETWEEN.sub(", ", inside)) if piece]
    pieces = [_COUNT_FIRST.sub(r"\2 \1", piece) for piece in pieces]
    found = [_ASSIGNED.fullmatch(piece) for piece in pieces]
    names = [(name, one[len(one.groups())]) for one in found if one for name in _NAMES.findall(one[1])]
    if len(names) < 2 or not all(found):
        return None
    return _axes([name for name, _ in names], [int(size) for _, size in names])


def _described(text: str) -> dict[str, int] | None:
    """`28 x 28 pixels, 6 channels`, `6 maps, each 28x28`, `size: 28x28, depth: 6`: a pair and a named size."""
    sizes: dict[str, int] = {}
    paired = False
    for piece in filter(None, _JOINTS.split(_WORD_AND_PAIR.sub(", ", text))):
        pair, named, counted = _PAIR.fullmatch(piece), _ASSIGNED.fullmatch(piece), _COUNT.fullmatch(piece)
        if pair:
            found = {"H": int(pair[1]), "W": int(pair[2])}
        elif named:
            found = _axes(_NAMES.findall(named[1]), [int(named[named.re.groups])]) or {}
        else:
            found = (_axes([counted[2]], [int(counted[1])]) if counted else None) or {}
        if not found or set(found) & set(sizes):
            return None
        paired = paired or bool(pair)
        sizes |= found
    return sizes if len(sizes) > (2 if paired else 1) or "L" in sizes else None


def _axes(names: Iterable[str], sizes: list[int]) -> dict[str, int] | None:
    """The sizes by axis; None for an unknown name, or an axis twice."""
    names = list(names)
    axes = [axis_of(name) for name in names]
    if axes.count("C") == 2:  # channels, and the depth of a volume
        axes = ["D" if axis == "C" and name[0] in "dD" else axis for axis, name in zip(axes, names, strict=True)]
    if None in axes or len(set(axes)) < len(axes) or len(axes) != len(sizes):
        return None
    return {str(axis): size for axis, size in zip(axes, sizes, strict=False)}


def _listed(text: str) -> dict[str, int] | None:
    """`(C, H, W) = (6, 28, 28)`, `H x W x C: 28 x 28 x 6`."""
    names, mark, sizes = (
        (part.strip() for part in re.split(r"([=:])", text, maxsplit=1)) if re.search("[=:]", text) else ("", "", "")
    )
    names = " ".join(_LETTERS.sub(_joined, names)) if _LETTERS.fullmatch(names) else names
    words = re.findall(r"[^\W\d]+", re.sub(r"(?<=\s)[xX](?=\s)|\bby\b", " ", names))
    if len(words) == 1 and set(words[0]) <= set("HWCN"):
        words = list(words[0])
    if not mark or len(words) < 2 or re.search(r"\d", names):
        return None
    numbers = re.findall(r"\d{1,9}|None|\bN\b", sizes)
    if re.search(r"[=:+/^-]", sizes) or len(numbers) != len(words):
        return None
    kept = [(word, int(number)) for word, number in zip(words, numbers, strict=True) if number.isdigit()]
    return _axes([word for word, _ in kept], [size for _, size in kept])


def _in_order(text: str) -> dict[str, int] | None:
    """`(6, 28, 28) in CHW`."""
    for words, letters in (("channels[- ]first", "CHW"), ("channels[- ]last", "HWC")):
        text = re.sub(rf"^{words}\s?[:=]?\s*(.+)", rf"\1 ({letters})", text)
        text = re.sub(rf"\s*[,(\[]?\s*{words}\s*[)\]]?$", f" ({letters})", text)
    text = re.sub(r"^([HWCN]{3,4})\s+([(\[]?\d.*)$", r"\2 (\1)", text)
    found = _IN_ORDER.fullmatch(_AXES_BEHIND.sub(_initials, text))
    numbers = re.findall(r"\d{1,9}", found[1]) if found else []
    if not found or len(numbers) != len(found[2]) or re.search(r"[=:+/^-]|[^\W\d]{2}", found[1]):
        return None
    return _axes(found[2], [int(number) for number in numbers])


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"[\s,xX*]", "", found[0]).upper()


def _initials(found: re.Match[str]) -> str:
    """The letters of the axes named in a bracket, ` (height * width * channels)`; the bracket as it is for others."""
    inside = " ".join(_LETTERS.sub(_joined, found[1])) if _LETTERS.fullmatch(found[1]) else found[1]
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=\s)[xX](?=\s)|\bby\b", " ", inside))
    axes = [axis_of(word) for word in words]
    return f" ({''.join(map(str, axes))})" if len(axes) > 1 and None not in axes else found[0]


def _suffixed(text: str) -> dict[str, int] | None:
    """`28h x 28w x 6c`."""
    pieces = re.split(r"\s?[*X,]\s?|\bx\b|(?<=\d)x(?=\d)|(?<=[hwc])x(?=\d)|\s(?=\d)|\sof\s", text.strip("()[]{}"))
    found = [_SUFFIXED.fullmatch(piece.strip()) for piece in pieces if piece.strip()]
    if len(found) < 2 or not all(one and _long_enough(one[3]) for one in found):
        return None
    return _axes([one[2] or one[3] for one in found if one], [int(one[1]) for one in found if one])


def _long_enough(word: str | None) -> bool:
    """Whether a word behind a size names an axis, not a unit; Chinese words are short."""
    return not word or len(word) >= 3 or all("\u3400" <= letter <= "\u9fff" for letter in word)


def _maps(text: str, order: str) -> tuple[int, ...] | None:
    """`6@28x28`, `28x28, 6 filters`, `6 x (28 x 28)`: the size and number of maps, the latter as channels."""
    inside = text[1:-1] if text[:1] in "([" and closes_last(text) else text.rstrip(")")
    found = _MAPS.fullmatch(text) or _SIZE_FIRST.fullmatch(inside) or _SIZE_IN_FRONT.fullmatch(text)
    if not found:
        return None
    groups = found.groupdict()
    size = tuple(int(number) for number in re.findall(r"\d+", groups["size"] or str(groups.get("pair"))))
    return (int(found["n"]), *size) if order.startswith("C") else (*size, int(found["n"]))


def _filters(text: str, order: str) -> tuple[int, ...] | None:
    """`5x5x3, 32 filters`: the weights of a layer, with the number of filters where the assignment puts it."""
    found = _FILTERS.fullmatch(text)
    if not found:
        return _maps(text, order)
    *size, count = (int(number) for number in found.groups())
    return (count, *size) if order.startswith("C") else (*size, count)
