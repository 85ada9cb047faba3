"""Plots of a class as SVG for a page: drawn by Matplotlib, the same bytes every time, in the colours of the page.

Text stays text, so that the page's font and theme and the reader's zoom apply. Matplotlib is imported when needed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Placeholder colours: each is replaced by a CSS variable of the page's theme in the finished text.
_INK, _LINE, _FILL, _MARK = "#010203", "#040506", "#070809", "#0a0b0c"
_THEME = {_INK: "var(--ink)", _LINE: "var(--line)", _FILL: "var(--info)", _MARK: "var(--cause)"}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "text.parse_math": False,
}
_WIDTH = 4.8


def histogram(
    bins: Sequence[Mapping[str, float]],
    *,
    name: str,
    title: str,
    marks: str,
    students: str,
    number: Callable[[str], str] = str,
) -> Markup:
    """The distribution of the totals; a bin runs `from` one total `to` another, and holds so many `students`.

    `name` makes ids unique in the page, `title` is read out by screen readers, `number` writes a number in the digits
    of the page's language.
    """
    with _figure(3.0) as (figure, axes):
        from matplotlib.ticker import MaxNLocator

        axes.bar(
            [one["from"] for one in bins],
            [one["students"] for one in bins],
            width=[one["to"] - one["from"] for one in bins],
            align="edge",
            color=_FILL,
            edgecolor=_LINE,
            linewidth=0.8,
        )
        axes.set_xlabel(marks)
        axes.set_ylabel(students)
        axes.set_xlim(bins[0]["from"], bins[-1]["to"])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _write_numbers(number, axes.xaxis, axes.yaxis)
        return _svg(figure, name, title)


def items(
    found: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    name: str,
    title: str,
    label: str,
    low: float = 0.0,
    number: Callable[[str], str] = str,
) -> Markup:
    """A point for each part where it has a `value`, with its interval from `low` to `high` where there is one.

    Parts run from the top down.
    """
    with _figure(0.8 + 0.26 * max(len(found), 1)) as (figure, axes):
        for place, (_, each) in enumerate(found):
            if each.get("low") is not None:
                axes.plot([each["low"], each["high"]], [place, place], color=_MARK, linewidth=2, solid_capstyle="butt")
            if each["value"] is not None:
                axes.plot([each["value"]], [place], color=_FILL, marker="o", markersize=6, linestyle="none")
        axes.set_yticks(range(len(found)), [label for label, _ in found])
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xlim(low - 0.02, 1.02)
        axes.set_xlabel(label)
        axes.grid(axis="both", color=_LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        _write_numbers(number, axes.xaxis)
        if low < 0:
            axes.axvline(0, color=_INK, linewidth=0.8)
        return _svg(figure, name, title)


def _write_numbers(number: Callable[[str], str], *axes: Axis) -> None:
    """Write the numbers on axes in the digits of a language."""
    from matplotlib.ticker import ScalarFormatter

    class Digits(ScalarFormatter):
        def __call__(self, value: float, place: int | None = None) -> str:
            return number(super().__call__(value, place))

    for axis in axes:
        axis.set_major_formatter(Digits())


@contextmanager
def _figure(height: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure of this height in inches, and its axes, with our settings regardless of the user's."""
    import logging

    # Before the import, to silence messages about an unwritable home and a search for fonts. No font is needed: text
    # stays text.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)

    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        axes.spines[["top", "right"]].set_visible(False)
        yield figure, axes


def _svg(figure: Figure, name: str, title: str) -> Markup:
    """The figure as an element of a page, with a title for those who cannot see it."""
    held = io.StringIO()
    figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = held.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace("xlink:href", "href")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\g<1>#{name}-", text)
    text = re.sub(r"; font-family: [^;\"]*|font-family: [^;\"]*; ", "", text)
    for colour, variable in _THEME.items():
        text = text.replace(colour, variable)
    text = re.sub(r' style="([^"]*)"', _attributes, text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    head, _, rest = text.partition(">")
    head = re.sub(r' (width|height|version|xmlns|xmlns:xlink)="[^"]*"', "", head)
    label = f'<title id="{name}-title">{escape(title)}</title>'
    return Markup(f'{head} class="plot" role="img" aria-labelledby="{name}-title">{label}{rest}')


def _attributes(style: re.Match[str]) -> str:
    """A style as attributes, which also work under a content security policy without inline styles."""
    pairs = (one.split(":", 1) for one in style[1].split(";") if ":" in one)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)
