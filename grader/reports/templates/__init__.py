"""The templates of the pages, compiled once for a process; everything that they show is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


@cache
def environment() -> Environment:
    """The one environment: autoescaping always, a name that is not given is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def latex_environment() -> Environment:
    """For LaTeX, in which braces and percent signs are common: `<< >>`, `<% %>`. What is filled in is LaTeX already."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=False,
        undefined=StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def style(*names: str) -> Markup:
    """The style sheet of every page and these besides, without what browsers do not need."""
    text = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", *names))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};:,>])\s+", r"\1", text)
    return Markup(re.sub(r"\s+", " ", text).strip())


@cache
def script(name: str) -> Markup:
    """A script of a page, as its one inline element holds it."""
    return Markup((FOLDER / name).read_text(encoding="utf-8").strip())


@cache
def script_digest(name: str) -> str:
    """By what a page's Content-Security-Policy knows its script, so that no other runs."""
    return base64.b64encode(hashlib.sha256(script(name).encode()).digest()).decode()
