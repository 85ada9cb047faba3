"""`grader batch`: grade a folder of submissions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import say, speak, warn
from grader.cli.options import PATH_TYPE, emit, keys_option, lang_option, nearby, reveal_option
from grader.collecting import collect_regularly
from grader.errors import GraderError
from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from grader.gradebook.run.batch import Told
    from grader.gradebook.run.request import Summary
    from grader.reports import Reveal

STATUSES = {
    "graded": sentence("graded"),
    "needs_review": sentence("needs review"),
    "rejected": sentence("rejected"),
    "unreadable": sentence("unreadable"),
    "error": sentence("error"),
    "superseded": sentence("superseded"),
    "refused": sentence("refused"),
}


@click.command()
@click.argument("folder", metavar="FOLDER", type=PATH_TYPE)
@click.option(
    "--out", metavar="DIR", type=PATH_TYPE, required=True, help="The folder for the results; created if missing."
)
@keys_option
@click.option("--jobs", type=click.IntRange(1, 1024), help="How many processes to mark with. Default: one per core.")
@click.option("--scheduler", metavar="ADDRESS", help="Mark on the Dask cluster at this address.")
@reveal_option
@lang_option
@click.option("--diff", is_flag=True, help="List every mark that has changed since the last run, and why.")
@click.option("--pages/--no-pages", default=True, help="Whether to write a page for each student.")
def batch(
    folder: Path,
    out: Path,
    keys: Path | None,
    jobs: int | None,
    scheduler: str | None,
    reveal: Reveal,
    lang: str,
    diff: bool,
    pages: bool,
) -> int:
    """Grade a folder of submissions.

    Every *.toml file below FOLDER is a submission. Each gets a report, and a table lists them all.

    The exit status is 0 if all are graded, 1 if answers wait for a person, 3 if no answer waits but a file could not
    be graded, and 2 if the command is used wrongly.

    \b
    Examples:
      grader batch submissions --out results
      grader batch submissions --out results --jobs 1 --no-pages
    """
    from grader.gradebook.run.batch import run
    from grader.gradebook.run.marking import ReportOptions
    from grader.gradebook.run.request import BatchRequest
    from grader.homework.files import find_keys_dir

    tell = speak(lang)
    collect_regularly()
    keys_dir = find_keys_dir(keys, folder / "any.toml")
    request = BatchRequest(folder, out, keys_dir, ReportOptions(reveal, pages, lang), jobs, scheduler, diff)
    with _progress() as (start, advance):
        summary = run(request, start, advance)
    _notes(keys_dir, summary, tell)
    emit("".join([*(_moved(summary, tell) if diff else []), _summary(summary, out, pages, tell)]))
    return summary.exit_status


def _notes(keys_dir: Path, summary: Summary, tell: Language) -> None:
    """Notes on what is missing from the results, or may not be as intended."""
    from grader.messages.names import listed

    for said in _key_warnings(keys_dir, summary):
        warn(said)
    for said in summary.said:
        warn(said)
    if summary.aside.results:
        folders = listed(summary.aside.results)
        say(tell(sentence("folders that hold results of a batch (.grader) are not read: {folders}", folders=folders)))
    if summary.aside.renamed:
        say(
            tell(
                sentence(
                    "files that end in .toml.txt are left aside, rename them: {files}",
                    files=listed(summary.aside.renamed),
                )
            )
        )
    if summary.review_left:
        say(tell(sentence("review.toml was changed while this ran, and is left as it is: run the same command again")))


def _key_warnings(keys_dir: Path, summary: Summary) -> Iterator[Sentence]:
    """Warnings about the committed keys of the assignments graded in this run, although marks do not come from them."""
    from grader.homework.files import KEY_FILE
    from grader.homework.keys import key_warnings
    from grader.homework.solution import open_solution

    for id in summary.assignments if summary.marked or summary.rewritten else ():
        key = keys_dir / id / KEY_FILE
        try:
            yield from key_warnings(key, nearby(key), open_solution(key.parent))
        except GraderError:
            continue  # the assignment is broken: each of its submissions reports it


def _moved(summary: Summary, tell: Language) -> Iterator[str]:
    """Every mark that moved, one per line; if none did, those that moved before."""
    if not summary.moves:
        yield tell(sentence("no mark moved since the last run")) + "\n"
    if summary.moves_before:
        yield tell(sentence("the marks that moved before:")) + "\n"
    for one in summary.moves or summary.moves_before:
        where = f"{one.assignment} {one.student} {one.part}"
        yield f"{visible(where)}: {one.before} -> {one.after} ({one.why})\n"


@contextmanager
def _progress() -> Iterator[tuple[Told, Told]]:
    """A bar with rate and time left on standard error; nothing if that is not a terminal."""
    if not sys.stderr.isatty():
        yield (lambda _: None), (lambda _: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class SpeedColumn(ProgressColumn):
        """Submissions per second."""

        def render(self, task: object) -> Text:
            speed = getattr(task, "finished_speed", None) or getattr(task, "speed", None)
            return Text(f"{speed:.0f}/s" if speed else "")

    columns = (TextColumn("marking"), BarColumn(), MofNCompleteColumn(), SpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("marking", total=None)
        yield (lambda total: bar.update(task, total=total)), (lambda count: bar.advance(task, count))


def _summary(summary: Summary, out: Path, pages: bool, tell: Language) -> str:
    """The one line at the end."""
    counted = (sentence("{count:,} {status}", count=n, status=STATUSES[one]) for one, n in summary.statuses.items())
    statuses = reduce(lambda one, more: sentence("{one}, {more}", one=one, more=more), counted)
    files = sentence("{files:,} submissions", files=summary.files) if summary.files != 1 else sentence("1 submission")
    said = [
        sentence("{one}: {more}", one=files, more=statuses),
        sentence("{marked:,} marked now, {unchanged:,} unchanged", marked=summary.marked, unchanged=summary.unchanged),
    ]
    if summary.rewritten:
        said.append(sentence("{rewritten:,} written again with the same marks", rewritten=summary.rewritten))
    if summary.ignored:
        several = sentence("{count:,} other files are not submissions (see results.csv)", count=summary.ignored)
        one = sentence("1 other file is not a submission (see results.csv)")
        said.append(several if summary.ignored > 1 else one)
    if summary.gone:
        said.append(sentence("{gone:,} removed, as they are no longer in the folder", gone=summary.gone))
    if summary.moved:
        several = sentence("{moved:,} marks moved since the last run (see --diff)", moved=summary.moved)
        said.append(several if summary.moved > 1 else sentence("1 mark moved since the last run (see --diff)"))
    if pages:
        page = visible(str(out / "class.html"))
        said.append(sentence("results in {out}: open {page}", out=visible(str(out)), page=page))
    else:
        said.append(sentence("results in {out}", out=visible(str(out))))
    return tell.semicolon.join(map(tell, said))
