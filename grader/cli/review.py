"""`grader review`: mark what waits for a person, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.boundary import speak
from grader.cli.extras import service_extra
from grader.cli.options import PATH_TYPE, emit, lang_option


@click.command()
@click.argument("folder", metavar="DIR", type=PATH_TYPE)
@click.option(
    "--keys", metavar="DIR", type=PATH_TYPE, help="The folder of assignments. Default: that of the last batch."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=False, help="The port. Default: any free one."
)
@click.option("--who", metavar="NAME", default="", show_default=False, help="Your name, recorded with each mark.")
@lang_option
@click.option("--no-browser", is_flag=True, help="Only print the link, without opening a browser.")
def review(folder: Path, keys: Path | None, port: int, who: str, lang: str, no_browser: bool) -> int:
    """Mark what waits for a person, in the browser.

    DIR is the results folder of `grader batch`. Equal answers are marked together. Marks are published by a button on
    the page, or by the next `grader batch`.

    The page can be opened on this machine only, by the link that is printed. Press Ctrl-C to stop.

    \b
    Examples:
      grader review results
      grader review results --who assistant-1 --lang fa
      grader review results --port 8000 --no-browser
    """
    language = speak(lang)
    with service_extra("review"):
        from grader.service.review.desk import Desk
        from grader.service.review.serve import serve
    serve(Desk(folder, keys, who), language, port, not no_browser, emit)
    return 0
