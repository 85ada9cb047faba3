"""Sheets that a typesetter makes: LaTeX that compiles where there is one, and PDFs, read by a library of their own."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.cli.main import run
from grader.homework.solution import open_solution
from grader.messages.languages import LANGUAGES
from grader.reports.sheets.formats import SHEET_FORMATS
from grader.reports.sheets.latex import Typesetting
from grader.reports.sheets.sheet import Option, Sheet, SheetPart, SheetQuestion, sheet_of

KEYS = Path(__file__).parents[2] / "answer_keys"
SHIPPED = ("cnn-architectures", "cnn-backprop-momentum", "cnn-foundations", "cnn-pooling-capsules")
HOSTILE = (
    r"""\input{/etc/passwd} \write18{x} 50% #1 & $ ^ _ ~ {x} \end{document} `a` "q" <b>*x*</b> [l](data:x) #panic()"""
)
MEANT = "\xa0\u2007\u2109\u25ad"
"""Characters that LaTeX writes with a sign of its own: blanks that do not break, degrees Fahrenheit, a rectangle."""
WORDS = "input etc passwd write18 50 end document panic"

ODD = """\
[assignment]
id = "odd"
title = '''HOSTILE'''
[[questions]]
id = "q1"
title = '''HOSTILE'''
prompt = '''
HOSTILE

- one
- two with $\\frac{1}{4}$

7. seven

| a | b |
|---|---|
| 1 | `x_1` |

    code  with % and \\end{verbatim}
      two

> quoted **bold** text × − ≤ α é

$$\\begin{bmatrix} 1 & -2 \\\\ 3 & 4 \\end{bmatrix} \\times ×$$ and $\\unknown{$
***
سلام دنیا
'''
[questions.parts.p]
points = 1
kind = "choice"
choices = ['''HOSTILE''', "other_one & 2"]
answer = "other_one & 2"
"""


def write(name: str, assignment: Path, lang: str, staff: bool = False, student: str | None = None) -> bytes:
    sheet = sheet_of(open_solution(assignment), staff=staff, student=student)
    return SHEET_FORMATS[name].write(sheet, LANGUAGES[lang])


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """An assignment whose texts are full of what typesetters obey."""
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "assignment.toml").write_text(ODD.replace("HOSTILE", HOSTILE))
    return folder


# -- LaTeX -------------------------------------------------------------------------------------------------------------


def compiled(folder: Path, document: bytes) -> str:
    """The log of the compiler that the document names."""
    (folder / "sheet.tex").write_bytes(document)
    found = re.match(rb"% !TeX program = (\w+)\n", document)
    assert found
    program = found[1].decode()
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"there is no {program} here: install texlive-latex-base, or texlive-luatex for Persian")
    subprocess.run(
        [path, "-interaction=nonstopmode", "-no-shell-escape", "sheet.tex"],
        cwd=folder, timeout=200, capture_output=True, check=False,
    )  # fmt: skip
    assert (folder / "sheet.pdf").is_file()
    return (folder / "sheet.log").read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("assignment", SHIPPED)
def test_a_sheet_compiles_with_plain_latex(tmp_path: Path, assignment: str) -> None:
    log = compiled(tmp_path, write("tex", KEYS / assignment, "en", staff=True))
    assert re.findall(r"^!.*", log, re.MULTILINE) == []
    assert "undefined" not in log.lower()


def test_a_persian_sheet_compiles(tmp_path: Path) -> None:
    log = compiled(tmp_path, write("tex", KEYS / "course-fields-fa", "fa", staff=True))
    assert re.findall(r"^!.*", log, re.MULTILINE) == []


def test_what_an_author_writes_is_no_command_of_latex(tmp_path: Path, odd: Path) -> None:
    document = write("tex", odd, "en").replace(b"\\unknown\\{", b"")
    text = document.decode()
    commands = set(re.findall(r"\\([A-Za-z@]+)", text))
    assert {"input", "write", "unknown"} & commands == {"unknown"}  # mathematics is the author's own
    assert text.count("\\end{document}") == 1
    assert "\\frac{1}{4}" in text
    log = compiled(tmp_path, re.sub(rb"\$\\unknown\{\$", b"", document))
    assert re.findall(r"^!.*", log, re.MULTILINE) == []


@given(st.text(st.characters(codec="utf-8", exclude_characters=MEANT), max_size=60), st.sampled_from(list(LANGUAGES)))
def test_any_words_are_escaped(words: str, lang: str) -> None:
    for written in (Typesetting(LANGUAGES[lang]).line(words), Typesetting(LANGUAGES[lang]).code(words)):
        bare = re.sub(r"\\[#$%&_{}^~]", "", written)
        assert not set("#$%&_^~") & set(bare)
        assert bare.count("{") == bare.count("}")
        assert "\n" not in bare


@pytest.mark.parametrize(
    ("assignment", "lang", "program"),
    [
        ("cnn-foundations", "en", "pdflatex"),
        ("cnn-foundations", "fa", "lualatex"),
        ("course-fields-fa", "en", "lualatex"),
    ],
)
def test_the_first_line_names_the_program(assignment: str, lang: str, program: str) -> None:
    text = write("tex", KEYS / assignment, lang).decode()
    assert text.startswith(f"% !TeX program = {program}\n")
    assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")
    assert text.count("\\begin{") == text.count("\\end{")


# -- PDF ---------------------------------------------------------------------------------------------------------------


def read(document: bytes) -> tuple[int, str]:
    """How many pages a PDF has, and its text in one line."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed (extra: test)")
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return len(pages), " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def typst() -> None:
    pytest.importorskip("typst", reason="typst is not installed (extra: pdf)")
    pytest.importorskip("ziamath", reason="ziamath is not installed (extra: pdf)")


@pytest.mark.usefixtures("typst")
@pytest.mark.parametrize("assignment", SHIPPED)
def test_a_pdf_has_every_part(assignment: str) -> None:
    solution = open_solution(KEYS / assignment)
    pages, text = read(write("pdf", KEYS / assignment, "en"))
    assert 1 <= pages <= 8
    for solved in solution:
        assert all(name in text for name in solved.parts)
    assert "Not for students" not in text
    rubrics = [line.text for solved in solution for part in solved.parts.values() for line in part.part.rubric]
    assert [line for line in rubrics if " ".join(line.split())[:25] in text] == []


@pytest.mark.usefixtures("typst")
@pytest.mark.parametrize("assignment", sorted(path.parent.name for path in KEYS.glob("*/assignment.toml")))
def test_every_formula_that_is_shipped_can_be_drawn(assignment: str) -> None:
    page = write("html", KEYS / assignment, "en", staff=True).decode()
    assert '<code class="m" dir="ltr">$' not in page
    assert "$" not in read(write("pdf", KEYS / assignment, "en", staff=True))[1]


@pytest.mark.usefixtures("typst")
def test_a_pdf_for_staff_has_the_key() -> None:
    _, text = read(write("pdf", KEYS / "cnn-foundations", "en", staff=True))
    assert "Solution, for staff. Not for students." in text
    assert "global_avg_pool_grad_input(dZ, O)" in text
    assert "so flat areas give 0" in text


@pytest.mark.usefixtures("typst")
def test_a_persian_pdf_counts_its_pages_in_persian() -> None:
    pages, text = read(write("pdf", KEYS / "course-fields-fa", "fa", student="student-07"))
    assert pages == 1
    assert "۱ / ۱" in text
    assert "student-07" in text


@pytest.mark.usefixtures("typst")
def test_a_pdf_is_the_same_bytes_again() -> None:
    assert write("pdf", KEYS / "course-quiz", "fa") == write("pdf", KEYS / "course-quiz", "fa")


@pytest.mark.usefixtures("typst")
@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_any_words_make_a_pdf(words: str) -> None:
    part = SheetPart("p", Decimal(1), words, options=(Option("A", words),))
    question = SheetQuestion("1", "q1", words, Decimal(1), words, (part,))
    sheet = Sheet("odd", words, words, Decimal(1), (question,), (), student=words)
    assert SHEET_FORMATS["pdf"].write(sheet, LANGUAGES["fa"]).startswith(b"%PDF")


@pytest.mark.usefixtures("typst")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_an_author_writes_is_text_in_a_pdf(odd: Path, lang: str) -> None:
    _, text = read(write("pdf", odd, lang))
    assert all(word in text for word in WORDS.split())
    assert "$\\unknown{$" in text  # what cannot be drawn is shown as it was written


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    assert run(["sheet", "course-quiz", "--keys", str(KEYS), "--format", "pdf", "--out", str(tmp_path / "x.pdf")]) == 2
    said = "grader: a PDF needs the extra pdf: install it with `pip install 'cnn-homework-grader[pdf]'`\n"
    assert capsys.readouterr().err == said
    assert not (tmp_path / "x.pdf").exists()


def test_a_terminal_gets_no_pdf(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run(["sheet", "course-quiz", "--keys", str(KEYS), "--format", "pdf"]) == 2
    assert capsys.readouterr() == ("", "grader: a terminal cannot show pdf: expected --out FILE\n")
