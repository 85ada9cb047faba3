"""Prompts: filled from the data of their question, and refused where they would give an answer away."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from grader.homework.files import read_assignment
from grader.homework.prompts.layout import laid_out
from grader.homework.prompts.prompt import Prompt
from grader.homework.solution import open_solution, solve
from grader.homework.tables import digest
from grader.homework.template import template_text

TEXT = """\
[assignment]
id = "hw"
shape_order = "HWC"

[[questions]]
id = "q1"
prompt = '''
PROMPT
'''

[questions.given]
size = [28, 24, 3]
input_shape = [28, 28, 1]
X = [[2, 3, 4], [3, -1, 5]]
F = [[0.10, 1e-7], [12, 3.0]]
T = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
row = [1, -1]
n = 3
rate = 0.10
flag = true
word = "same_*"
layers = [
    {type = "conv2d", out_channels = 32, kernel_size = [3, 5], stride = 1, padding = "same"},
    {type = "sequential", name = "block", layers = [{type = "relu", name = "act"}]},
    {type = "dropout", p = 0.25},
    {type = "linear", out_features = 10, bias = false},
]

[questions.symbols]
w = [2, 9]

[questions.compute]
third = "1 / 3"
kernel = "F"
XT = "transpose(X)"
O = "conv2d(X, kernel)"
alias = "O"
Z = "mean(alias)"
twice = "2 * Z"
down1 = "n + 1"
down2 = "n + 2"
sizes = "[down1, down2]"
same_as_Z = "mean(alias)"
area = "w * w"
shapes = "output_shapes(input_shape, layers)"

[questions.parts]
Z = 1
sizes = 1
why = {points = 1, kind = "text", prompt = "PART", rubric = [{points = 1, text = "RUBRIC"}]}
pick = {points = 1, kind = "choice", choices = ["CHOICE", "none of them"], answer = "CHOICE"}
"""


def document(prompt: str = "", part: str = "", rubric: str = "", choice: str = "one") -> str:
    return TEXT.replace("PROMPT", prompt).replace("PART", part).replace("RUBRIC", rubric).replace("CHOICE", choice)


def comments(text: str) -> list[str]:
    """The comments of the question in the template."""
    template = template_text(read_assignment(text.encode(), "hw.toml"))
    own = template[template.index("[answers.q1]\n") :].split("\n\n")[0]
    return [line[2:] for line in own.splitlines()[1:]]


def refusal(tmp_path: Path, text: str) -> str:
    """What is said of an assignment that cannot be solved, without the folder."""
    (tmp_path / "hw").mkdir(exist_ok=True)
    (tmp_path / "hw" / "assignment.toml").write_text(text, "utf-8")
    with pytest.raises(AuthorError) as raised:
        open_solution(tmp_path / "hw")
    return str(raised.value).removeprefix(f"{tmp_path}/hw/")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("n is {{ n }}, {{n}}", ["n is 3, 3"]),
        ("{{ rate }}, not 0.1", ["0.10, not 0.1"]),
        ("{{ flag }} and {{ word }}", ["true and same_*"]),
        ("{{ input_shape }} or {{ size }}", ["28 x 28 x 1 or 28 x 24 x 3"]),
        ("{{ row }}", ["[1, -1]"]),
        ("{{ third }}", ["0.333333333333"]),
        ("{{ kernel }}", ["0.10  1e-7", "  12   3.0"]),
        (
            "    X = {{ X }}      F = {{ F }}",
            ["    X = 2   3  4      F = 0.10  1e-7", "        3  -1  5            12   3.0"],
        ),
        ("by {{ X }}, and\nthen", ["by 2   3  4, and", "   3  -1  5", "then"]),
        ("{{ XT }}", ["2   3", "3  -1", "4   5"]),
        ("{{ T }}", ["[0]", "1  2", "3  4", "[1]", "5  6", "7  8"]),
        ("with $X = {{ X }}$.", ["with X = 2   3  4.", "         3  -1  5"]),
        (
            "layers {{ layers }} in order",
            [
                "layers",
                "#  name       type     out_channels  kernel_size  padding  p    out_features  bias",
                "1             conv2d   32            3 x 5        same",
                "2  block.act  relu",
                "3             dropout                                         0.25",
                "4             linear                                               10            false",
                "in order",
            ],
        ),
    ],
)
def test_values_stand_in_the_template(written: str, shown: list[str]) -> None:
    found = comments(document(written))
    assert [line.split() for line in found] == [line.split() for line in shown]
    if "{{ layers }}" not in written:
        assert found == shown


@pytest.mark.parametrize(
    "written",
    [
        r"$\frac{1}{4}$ of it",
        r"$\frac{{1}}{4}$ and $x_{{ij}}$, $\sqrt{{a+b}}$",
        "a { and a } and { { and } }",
        "`{{` and ``{{ 1 }}`` in code",
        "```\nf'{{x}} {{1}} {{ a.b }}'\n```",
        r"\{\{ n }}",
        "$5 and $10, US$ 3",
        "  two blanks   kept\n\n    and four",
    ],
)
def test_what_is_no_fill_comes_through_untouched(written: str) -> None:
    assert comments(document(written)) == written.split("\n")
    assert (
        solve(read_assignment(document(written).encode(), "")).questions["q1"].fills.filled(written).markdown == written
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{{ Xt }}", "{{ Xt }} is neither given nor computed in the question: did you mean 'XT'?"),
        ("{{ Z }}", "{{ Z }} is asked for: a prompt cannot show it"),
        ("{{ down1 }}", "{{ down1 }} is asked for: a prompt cannot show it"),
        ("{{ O }}", "the answer to Z is one step away from {{ O }}: a prompt cannot show it"),
        ("{{ alias }}", "the answer to Z is one step away from {{ alias }}: a prompt cannot show it"),
        ("{{ twice }}", "{{ twice }} is computed from Z, which is asked for"),
        ("{{ same_as_Z }}", "{{ same_as_Z }} is computed like Z, which is asked for"),
        ("{{ w }}", "{{ w }} has no one value: it is a symbol, or computed from one"),
        ("{{ area }}", "{{ area }} has no one value: it is a symbol, or computed from one"),
        ("$X = {{ Xt }}$", "{{ Xt }} is neither given nor computed in the question: did you mean 'XT'?"),
        ("{{ X.T }}", "'{{ X.T }}'"),
        ("$a {{ X.T }}$", "'{{ X.T }}$'"),
        ("{{ X + 1 }}", "'{{ X + 1 }}'"),
        ("{{ X", "'{{ X'"),
        ("{{}}", "'{{}}'"),
        ("{{{ n }}}", "'{{{ n }}}'"),
    ],
)
def test_what_a_prompt_cannot_show_is_refused_with_line(written: str, said: str, tmp_path: Path) -> None:
    if said.startswith("'"):
        said = (
            f"expected {{{{ NAME }}}} with the name of a given or of a step, received {said}: compute it in "
            "[questions.compute], or write \\{\\{ for braces that are meant"
        )
    assert refusal(tmp_path, document(f"first\n{written}")) == f"assignment.toml: line 9: q1: {said}"


def test_every_text_of_a_question_is_filled_and_checked(tmp_path: Path) -> None:
    asked = "{{ Z }} is asked for: a prompt cannot show it"
    line = 1 + TEXT[: TEXT.index("why =")].count("\n")
    assert refusal(tmp_path, document(part="{{ Z }}")) == f"assignment.toml: line {line}: q1.why: {asked}"
    assert refusal(tmp_path, document(rubric="{{ Z }}")) == f"assignment.toml: line {line}: q1.why: {asked}"
    assert refusal(tmp_path, document(choice="{{ Z }}")) == f"assignment.toml: line {line + 1}: q1.pick: {asked}"
    header = document().replace('id = "hw"', 'id = "hw"\nprompt = "{{ n }}"', 1)
    said = "{{ n }} is in the prompt of the assignment, but only questions have givens"
    assert refusal(tmp_path, header) == f"assignment.toml: line 3: {said}"
    same = document(choice="none of {{ word }}").replace('"same_*"', '"them"')
    assert refusal(tmp_path, same).endswith(
        "q1.pick: expected at least two different choices, received none of them, none of them"
    )


@pytest.mark.parametrize("word", ["frac{1}{4}", "beta", "theta", "rho", "nabla L", "text{a}", "neq 1"])
def test_a_backslash_that_toml_took_is_missed(word: str, tmp_path: Path) -> None:
    lost = document(part="by").replace('prompt = "by"', f'prompt = "by $x \\{word}$"')
    said = refusal(tmp_path, lost)
    line = 1 + TEXT[: TEXT.index("why =")].count("\n")
    assert said.startswith(f"assignment.toml: line {line}: q1.why: a backslash of LaTeX is gone, received '\\")
    assert said.endswith(": write the text between single quotes, or the backslash twice")
    solve(read_assignment(document(part="a\\tb, $5, c\\td").encode(), "hw.toml"))
    solve(read_assignment(lost.replace('"by $x', "'by $x").replace('$"', "$'").encode(), "hw.toml"))


def test_an_option_is_marked_by_what_students_see() -> None:
    from grader.homework.submission import Submission
    from grader.marking.marker import Marker

    solution = solve(read_assignment(document(choice="{{ n }} x {{ n }}", rubric="{{ rate }}").encode(), "hw.toml"))
    answer = Submission(assignment="hw", student="student-01", answers={"q1": {"pick": "3x3"}})
    part = Marker(solution).mark(answer).parts[-1]
    assert part.verdict == "correct" and part.choices == ("3 x 3", "none of them")
    assert Marker(solution).mark(answer).parts[-2].rubric == ((Decimal(1), "0.10"),)


def test_a_note_is_for_authors_alone() -> None:
    notes = document().replace("[[questions]]", 'note = "SECRET"\n[[questions]]\nnote = "SECRET"')
    notes = notes.replace("why = {points = 1,", 'why = {points = 1, note = "SECRET",')
    plain, noted = (read_assignment(text.encode(), "hw.toml") for text in (document(), notes))
    assert noted.note == noted.questions[0].note == noted.questions[0].parts["why"].note == "SECRET"
    assert digest(plain) == digest(noted), "a note changes no mark and nothing that students see"
    assert template_text(plain) == template_text(noted)


@given(st.text().filter(lambda text: "{{" not in text and "$" not in text))
def test_text_without_fills_and_dollars_is_as_it_was_written(text: str) -> None:
    filled = Prompt(text).filled({}.get)
    assert filled.plain == text == filled.line


NUMBERS = st.integers(-(10**6), 10**6) | st.decimals(-1000, 1000, places=3)


@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1)))
def test_the_numbers_of_a_filled_matrix_are_the_givens(rows: list[list[int | Decimal]]) -> None:
    filled = Prompt("{{ X }}").filled({"X": laid_out(rows)}.get)
    shown = [[Decimal(cell) for cell in line.split()] for line in filled.plain.split("\n")]
    width = len(rows[0])
    if len(rows) * width <= 400:
        assert shown == rows
        latex = re.sub(r"\\(?:begin|end)\{bmatrix\}|\$", "", filled.markdown)
        assert [[Decimal(cell) for cell in row.split("&")] for row in latex.split(r"\\")] == rows
        assert len({len(line) for line in filled.plain.split("\n")}) == 1, "every row ends where the others end"


def test_lists_that_are_no_arrays() -> None:
    assert laid_out([(14, 14, 32), (7, 7, 64)]).plain() == ["[14 x 14 x 32, 7 x 7 x 64]"]
    assert laid_out([[1, 2], [3]]).plain() == ["[[1, 2], [3]]"]
    assert laid_out([]).plain() == ["[]"] and laid_out([[]]).plain() == [""]
    assert laid_out(["a_b", "c"]).markdown() == "\u2066\\[a\\_b\\, c\\]\u2069"
    assert laid_out({"a": 1, "b": [2, 3]}).plain() == ["a  b", "1  2 x 3"]


def test_a_formula_that_fails_is_said_with_its_question(tmp_path: Path) -> None:
    broken = document("{{ XT }}").replace('Z = "mean(alias)"', 'Z = "mean(alias) / (n - 3)"')
    assert refusal(tmp_path, broken).startswith("assignment.toml: line ") and ": q1.Z: " in refusal(tmp_path, broken)


def test_a_large_value_is_cut_and_says_its_size() -> None:
    rows = [[row * 100 + column for column in range(60)] for row in range(50)]
    lines = laid_out(rows).plain()
    assert len(lines) == 14 and lines[-1] == "(50 x 60)" and lines[0].split()[-2:] == ["11", "…"]
    assert len(laid_out(rows).latex()) < 2_000
    assert laid_out(list(range(1000))).plain()[0].endswith("10, 11, … (1000)]")
    assert len(laid_out([{"type": "relu", "repeat": 5000}]).plain()) < 110
    assert len("\n".join(laid_out([rows] * 100).plain())) < 5_000
