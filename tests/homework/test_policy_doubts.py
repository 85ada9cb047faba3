"""What lint says of a policy that is valid and may not be meant."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from grader.cli.main import run
from grader.homework.oversights import doubts
from grader.homework.policy import Policy
from grader.reports.linting import AssignmentLint, markdown, terminal
from grader.reports.linting import json as as_json
from grader.reports.schemas import written_schema
from tests.homework.documents import assignment


def read(policy: str) -> Policy:
    return assignment(("[[questions]]", f"[assignment.policy]\n{policy}\n\n[[questions]]")).policy


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "due = 2026-07-01T23:59:00+01:00\nzone = 'Europe/Berlin'",
            "[assignment.policy] due: the offset is not that of the zone, "
            "whose clocks show 2026-07-02T00:59:00+02:00 then",
        ),
        (
            "due = 2026-07-01T23:59:00Z\nlate = {per_day = 0.3, at_most = 5}",
            "[assignment.policy] late: from day 4 on, late work earns nothing, and it is accepted until day 5",
        ),
        (
            "attempts = 2\nreveal = 'wrong'",
            "[assignment.policy] reveal: right answers are shown at once, while they can still be handed in: "
            'see feedback = "after_due"',
        ),
    ],
)
def test_lint_says_what_may_not_be_meant(written: str, said: str) -> None:
    one = AssignmentLint("hw", (), doubts=tuple(doubts(read(written))))
    assert one.count == 1
    assert terminal([one]) == f"hw: 1 finding in 0 parts\n\n  {said}\n"
    assert markdown([one]) == f"## hw: 1 finding in 0 parts\n\n- {said}\n"
    document = json.loads(as_json([one]))
    jsonschema.validate(document, written_schema("lint"))
    assert [each["field"] for each in document["assignments"][0]["policy"]] == [said.split()[1].rstrip(":")]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "due = 2001-03-01T23:59:00+03:30\nzone = 'Asia/Tehran'",  # long ago
        "due = 2021-07-01T23:59:00+04:30\nzone = 'Asia/Tehran'",
        "due = 2026-07-01T23:59:00Z\nlate = {per_day = 0.25, at_most = 3}",
        "due = 2026-07-01T23:59:00Z\nlate = {per_day = 0, at_most = 366}",
        "reveal = 'always'",  # practice: nothing is due, and attempts are not counted
        "due = 2026-07-01T23:59:00Z\nreveal = 'always'\nfeedback = 'after_due'",
    ],
)
def test_lint_has_no_doubt_where_nothing_is_doubtful(written: str) -> None:
    assert list(doubts(read(written))) == []


def test_lint_of_a_folder_reads_its_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "hw"
    folder.mkdir()
    text = """\
[assignment]
id = "hw"

[assignment.policy]
attempts = 2
reveal = "always"

[[questions]]
id = "q"
compute = {n = "3 * 7"}
parts = {n = 1}
"""
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    assert run(["lint", "hw", "--keys", str(tmp_path), "--strict"]) == 1
    assert "  [assignment.policy] reveal: right answers are shown at once, " in capsys.readouterr().out
