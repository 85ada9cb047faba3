"""A real browser for tests: Debian's `chromium`, or what CHROMIUM names; axe-core from its package. No network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest

WIDTHS = (360, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

LOOKS = (("en", 360, "dark"), ("en", 1280, "light"), ("fa", 360, "light"), ("fa", 1280, "dark"))
"""Languages, widths and colour schemes: every two of them meet on a page, not every three."""


def executable() -> str | None:
    """Where the browser is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


EACH_COLOUR_ONCE = """() => {
    const colour = axe.commons.color.Color, parse = colour.prototype.parseString, known = new Map();
    colour.prototype.parseString = function (text) {
        if (!known.has(text)) known.set(text, parse.call(new colour(), text));
        const { r, g, b, alpha } = known.get(text);
        return Object.assign(this, { r, g, b, alpha });
    };
}"""
"""The same results in two thirds of the time: axe parses the same few colours of a page ten thousand times."""


@contextmanager
def browser() -> Iterator[Any]:
    """A browser; without one, or without what drives it, the test is skipped with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: test)")
    path = executable()
    if path is None:
        pytest.skip("there is no Chromium here: install Debian's package chromium, or set CHROMIUM")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield opened
        finally:
            opened.close()


def follow(page: Any, selector: str) -> None:
    """Click what leads to another page, and wait until that one is there: it may have all that the test looks for."""
    with page.expect_navigation():
        page.locator(selector).first.click()


@dataclass
class Seen:
    """What happened while a page was open."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def axe(self) -> list[str]:
        """The rules of axe-core that are violated, all but minor ones, with the elements."""
        if self.run("typeof axe === 'undefined'"):
            self.run(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
            self.run(EACH_COLOUR_ONCE)
        found = self.run("axe.run(document, {resultTypes: ['violations'], preload: false}).then(all => all.violations)")
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found
            if one["impact"] in ("moderate", "serious", "critical")
            for node in one["nodes"]
        ]


@contextmanager
def opened(found: Any, path: Path, width: int, scheme: str) -> Iterator[Seen]:
    """A page from a file, at a width and in a colour scheme."""
    context = found.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    try:
        page.goto(path.as_uri())
        page.wait_for_load_state("load")
        yield seen
    finally:
        context.close()
