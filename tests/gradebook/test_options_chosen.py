"""How many students chose which option, in class.json and on the class page."""

from __future__ import annotations

import json
from pathlib import Path

from grader.cli.main import run

ASSIGNMENT = """
[assignment]
id = "quiz"
[[questions]]
id = "q"
[questions.parts]
one = {points = 1, kind = "choice", choices = ["ReLU", "tanh", "=1+1"], answer = "ReLU"}
some = {points = 1, kind = "choices", choices = ["pp", "qq"], answer = ["pp"]}
n = {points = 1, kind = "text"}
"""
ANSWERS = (("A", "A, B"), ("relu", "B"), ("B", "none"), ("", ""), ("c", "pp"))


def test_options_chosen(tmp_path: Path) -> None:
    (tmp_path / "keys" / "quiz").mkdir(parents=True)
    (tmp_path / "keys" / "quiz" / "assignment.toml").write_text(ASSIGNMENT, encoding="utf-8")
    papers = tmp_path / "papers"
    papers.mkdir()
    for at, (one, some) in enumerate(ANSWERS):
        text = f"assignment = 'quiz'\nstudent = 'student-0{at}'\n[answers.q]\none = '{one}'\nsome = '{some}'\n"
        (papers / f"{at}.toml").write_text(text, encoding="utf-8")
    assert run(["keys", "build", str(tmp_path / "keys")]) == 0
    run(["batch", str(papers), "--out", str(tmp_path / "out"), "--keys", str(tmp_path / "keys")])
    parts = json.loads((tmp_path / "out" / "class.json").read_text(encoding="utf-8"))["assignments"][0]["parts"]
    assert {part["part"]: part.get("options") for part in parts} == {
        "one": [
            {"option": "A. ReLU", "students": 2},
            {"option": "B. tanh", "students": 1},
            {"option": "C. =1+1", "students": 1},
        ],
        "some": [{"option": "A. pp", "students": 2}, {"option": "B. qq", "students": 2}],
        "n": None,
    }
    page = (tmp_path / "out" / "class.html").read_text(encoding="utf-8")
    assert "Options chosen" in page and "C. =1+1" in page
