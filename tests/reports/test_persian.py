"""Reports in Persian: the prose right to left with Persian digits, everything else as it was."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from grader.cli.main import run
from grader.marking.report import Diagnosis, Entries, SubmissionReport
from grader.messages import sentence
from grader.messages.languages import LANGUAGES
from grader.reports import json as json_report
from grader.reports import markdown, terminal
from tests.reports.samples import REPORT, make_part, make_report

SAY = LANGUAGES["fa"]
ROOT = Path(__file__).resolve().parents[2]
PAPER = str(ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml")
OPENING, CLOSING = "\u2066\u2067\u2068", "\u2069"

PART = "│ dF ◐ \u2067تا حدی درست\u2069 \u2067۰٫۶۷ از ۴\u2069 9/2 1 │"


def balanced(line: str) -> bool:
    """Whether what isolates a direction is closed on its own line."""
    depth = 0
    for character in line:
        depth += (character in OPENING) - (character == CLOSING)
        if depth < 0:
            return False
    return depth == 0


def long_report(text: str) -> SubmissionReport:
    """A report whose sentences run over several lines of a terminal, with a stranger's text in them."""
    said = sentence("expected a number, received {received}", received=" ".join([text] * 12))
    equals = sentence("the kernel is turned by 180° against what this layer does")
    cause = sentence(
        "From your own earlier answers, you get exactly this if {equals}. {repair}", equals=equals, repair=said
    )
    diagnosis = Diagnosis("conv-flip", "misconception", 1, cause, 6, 6)
    return make_report(
        make_part(verdict="wrong", message=(said,), diagnoses=(diagnosis,), entries=Entries(6, 0), submitted=text)
    )


def test_terminal() -> None:
    shown = terminal.render(REPORT, width=72, say=SAY)
    assert PART in [" ".join(line.split()) for line in shown.splitlines()]
    assert "\u2067مجموع ۴٫۶۷ از ۱۳٫۵   (در انتظار بررسی: ۱٫۵)\u2069" in shown
    assert "10   3  1" in shown


@pytest.mark.parametrize("text", ["x\u2069y", "\u2067x", "\u202ex", "\u2066\u2066", "d(k-1)+1"])
def test_lines_of_a_terminal_close_what_they_open(text: str) -> None:
    lines = terminal.render(long_report(text), width=60, say=SAY).splitlines()
    assert len(lines) > 8
    assert [line for line in lines if not balanced(line)] == []
    framed = [line for line in lines if line.startswith("│")]
    assert {cell_len(line) for line in framed} == {60}
    hostile = set(text) - set("xyd(k-1)+1")
    assert not re.search("[\u200e\u200f\u202a-\u202e]", "".join(lines))
    assert all(f"\\u{ord(character):04x}" in "".join(lines) for character in hostile)


def test_a_line_that_opens_too_much_would_be_seen() -> None:
    assert not balanced("\u2066x")
    assert not balanced("x\u2069")


def test_markdown_runs_from_right_to_left_with_values_isolated() -> None:
    shown = markdown.render(REPORT, say=SAY)
    assert shown.startswith('<div dir="rtl">\n\n# cnn-foundations')
    assert shown.endswith("\n</div>\n")
    assert "| بخش | نتیجه | نمره | خوانده شده |" in shown
    assert "| dF | ◐ تا حدی درست | ۰٫۶۷ از ۴ | \u2068`[[9/2, 1]]`\u2069 |" in shown
    assert balanced(shown.replace("\n", " "))


def without_prose(value: Any) -> Any:
    """A document without what is said to people."""
    if isinstance(value, dict):
        return {key: without_prose(inner) for key, inner in value.items() if key not in ("message", "rule")}
    return [without_prose(inner) for inner in value] if isinstance(value, list) else value


def messages(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "message" and inner:
                yield inner
            else:
                yield from messages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from messages(inner)


def in_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    run([*arguments, "--format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", ["check", "read"])
def test_json_differs_in_its_sentences_alone(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    english, persian = in_json(capsys, command, PAPER), in_json(capsys, command, PAPER, "--lang", "fa")
    assert without_prose(english) == without_prose(persian)
    for said in messages(persian):
        assert re.search("[\u0600-\u06ff]", said)
        assert not re.search("[A-Za-z0-9]", re.sub("\u2066[^\u2069]*\u2069", "", said)), said


def test_long_documents_say_in_persian_what_is_left_out() -> None:
    part = make_part(submitted=[[1.5] * 400] * 40, read=[[1.5] * 400] * 40)
    written = json.loads(json_report.render(make_report(part), say=SAY))
    assert "۶۰٬۰۰۰ نویسه" in written["questions"][0]["parts"][0]["message"]


def test_errors_are_said_in_persian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = tmp_path / "paper.toml"
    paper.write_text("assignment = 'cnn-foundations'\nstudent = 'student-01'\n[answers.q1]\n'\u202ez' = 1\n")
    assert run(["check", str(paper), "--keys", str(ROOT / "answer_keys"), "--lang", "fa"]) == 2
    said = capsys.readouterr().err
    assert "خط ۴" in said
    assert "بخش ناشناختهٔ" in said
    assert "\u202e" not in said
    assert run(["check", str(paper), "--keys", str(ROOT / "answer_keys")]) == 2
    assert "line 4: unknown part" in capsys.readouterr().err


def test_an_operation_shows_its_misconceptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["operations", "receptive_fields"]) == 0
    english = capsys.readouterr().out
    assert "\nMisconceptions\n" in english
    assert "\n  rf-" in english
    assert "Your numbers equal what you get if " in english
    assert run(["operations", "receptive_fields", "--lang", "fa"]) == 0
    persian = capsys.readouterr().out
    assert re.findall("\n  (rf-.*)", persian) == re.findall("\n  (rf-.*)", english)
    assert "اشتباه‌های مفهومی" in persian
    assert "میدان دید" in persian


def opened(*arguments: str) -> set[str]:
    """The names of the files that a command opens."""
    watched = (
        "import sys; names = set(); sys.addaudithook(lambda event, found: "
        "names.add(str(found[0]).rpartition('/')[2]) if event == 'open' else None); "
        "from grader.cli.main import run; run(sys.argv[1:]); print('\\0'.join(names), file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", watched, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(found.stderr.splitlines()[-1].split("\0"))


def test_english_pays_nothing_for_persian() -> None:
    assert "grader.mo" in opened("check", PAPER, "--lang", "fa")
    assert "grader.mo" not in opened("check", PAPER)
