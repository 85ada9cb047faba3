"""The templates of the pages, compiled once per process; everything that they show is escaped."""

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

REPORT_TEMPLATES = Path(__file__).parent


@cache
def environment() -> Environment:
    """The environment: always autoescaping; an undefined name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def latex_environment() -> Environment:
    """For LaTeX, where braces and percent signs are common: `<< >>`, `<% %>`. Values must already be LaTeX."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
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
    """The common style sheet and these additional ones, minified."""
    text = "".join((REPORT_TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", *names))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};:,>])\s+", r"\1", text)
    return Markup(re.sub(r"\s+", " ", text).strip())


@cache
def script(name: str) -> Markup:
    """A page's script, for its one inline element."""
    return Markup((REPORT_TEMPLATES / name).read_text(encoding="utf-8").strip())


@cache
def script_digest(name: str) -> str:
    """The digest of a page's script for its Content-Security-Policy, so that no other runs."""
    return base64.b64encode(hashlib.sha256(script(name).encode()).digest()).decode()
