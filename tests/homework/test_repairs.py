"""Each TOML error that people make, and the exact sentence that answers it."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError, StudentError
from grader.homework.files import read_assignment, read_submission
from tests.homework.documents import student_error

HEAD = "assignment = 'hw'\nstudent = 's'\n[answers.q4]\nA = 1\n"

REPAIRED = [
    ("Z = 9/4", "9/4 needs quotes: ", "Z = '9/4'"),
    ("Z = -9/4  # a note", "-9/4 needs quotes: ", "Z = '-9/4'"),
    ("Z = ‘9/4’", "curly quotes must be straight: ", "Z = '9/4'"),
    ("Z = “\\frac{9}{4}”", "curly quotes must be straight: ", "Z = '\\frac{9}{4}'"),
    ("Z = [“9/4”, 2]", "curly quotes must be straight: ", "Z = ['9/4', 2]"),
    ("Z = 128×128", "128×128 needs quotes: ", "Z = '128×128'"),
    ("Z = 128x128", "128x128 needs quotes: ", "Z = '128x128'"),
    ("Z = 14*14*32", "14*14*32 needs quotes: ", "Z = '14*14*32'"),
    ("Z = (14, 14, 32)", "(14, 14, 32) needs quotes: ", "Z = '(14, 14, 32)'"),
    ("Z = [(14, 14), (7, 7)]", "(14, 14) needs quotes: ", "Z = ['(14, 14)', '(7, 7)']"),
    ("Z = .5", ".5 needs a digit on both sides of the point: ", "Z = 0.5"),
    ("Z = -.5e-3", "-.5e-3 needs a digit on both sides of the point: ", "Z = -0.5e-3"),
    ("Z = 5.", "5. needs a digit on both sides of the point: ", "Z = 5.0"),
    ("Z = 007", "007 starts with a zero: ", "Z = 7"),
    ("Z = 1, 2", "a list needs brackets: ", "Z = [1, 2]"),
    ("Z = 9/4, 1/4", "a list needs brackets: ", "Z = ['9/4', '1/4']"),
    ("Z = '9/4', '1/4'", "a list needs brackets: ", "Z = ['9/4', '1/4']"),
    ("Z = 10,0", "10,0 needs quotes: ", "Z = '10,0'"),
    ("Z = 9/4, 13/4; 7/4, 3/4", "9/4, 13/4; 7/4, 3/4 needs quotes: ", "Z = '9/4, 13/4; 7/4, 3/4'"),
    ("Z = [[10 3] [9 18]]", "10 3 needs commas between the numbers: ", "Z = [[10, 3], [9, 18]]"),
    ("Z = [[10, 3] [9, 18]]", "a comma is missing between two rows: ", "Z = [[10, 3], [9, 18]]"),
    ("[answers q5]", "expected the name of a table between [ and ]: ", "[answers.q5]"),
    ("answers.q5", "expected the name of a table between [ and ]: ", "[answers.q5]"),
    ("Z = 1.000,5", "1.000,5 needs quotes: ", "Z = '1.000,5'"),
    ("Z = 1,5 2,5", "1,5 2,5 needs quotes: ", "Z = '1,5 2,5'"),
    ("Z = [1,5; 2,5]", "[1,5; 2,5] needs quotes: ", "Z = '1,5; 2,5'"),
    ("Z = 73,856", "73,856 needs quotes: ", "Z = '73,856'"),
    ("R1 = wd - w", "wd - w needs quotes: ", "R1 = 'wd - w'"),
    ("Z = 24*3 + 32 = 104", "24*3 + 32 = 104 needs quotes: ", "Z = '24*3 + 32 = 104'"),
    ("Z = ۲۵", "۲۵ needs quotes: ", "Z = '۲۵'"),
    ("Z = 50%", "50% needs quotes: ", "Z = '50%'"),
    ("Z = -", "- needs quotes: ", "Z = '-'"),
    ("Z = ≈ 0.1", "≈ 0.1 needs quotes: ", "Z = '≈ 0.1'"),
    ("Z = yes", "yes needs quotes: ", "Z = 'yes'"),
    ("Z = 9/4'", "9/4 needs quotes: ", "Z = '9/4'"),
    ("Z = '9/4", "the quote that opens here is not closed: ", "Z = '9/4'"),
    ("Z = '9/4\"", "the quote that opens here is not closed: ", "Z = '9/4'"),
    ('Z = "9/4', "the quote that opens here is not closed: ", "Z = '9/4'"),
    ("Z = 'it's'", "the text holds the quote that ends it: ", 'Z = "it\'s"'),
    ('Z = "\\sqrt{2}"', "a text with a backslash needs single quotes: ", "Z = '\\sqrt{2}'"),
    ('Z = "\\xi"', "a text with a backslash needs single quotes: ", "Z = '\\xi'"),
    ("Z = [9/4, 1/4]", "9/4 needs quotes: ", "Z = ['9/4', '1/4']"),
    ("Z = [[1, .5], [3, 4]]", ".5 needs a digit on both sides of the point: ", "Z = [[1, 0.5], [3, 4]]"),
    ("Z = [[10 3], [9 18]]", "10 3 needs commas between the numbers: ", "Z = [[10, 3], [9, 18]]"),
    ("Z = [1, , 2]", "a blank cell is written '': ", "Z = [1, '', 2]"),
    ("Z = [[1, 2], [3, 4]", "the [ that opens here is not closed: ", "Z = [[1, 2], [3, 4]]"),
    ("Z = [[1, 2], [3, 4]]]", "the list is closed once too often: ", "Z = [[1, 2], [3, 4]]"),
    ("Z =", "there is nothing after =; write a blank answer so: ", "Z = ''"),
    ("Z = # later", "there is nothing after =; write a blank answer so: ", "Z = ''"),
    ("Z 10", "expected one = after Z: ", "Z = 10"),
    ("Z: 9/4", "expected one = after Z: ", "Z = '9/4'"),
    ("Z := 3", "expected one = after Z: ", "Z = 3"),
    ("Z == 3", "expected one = after Z: ", "Z = 3"),
    ("[answers.q5", "expected the name of a table between [ and ]: ", "[answers.q5]"),
    ("// a note", "a comment starts with #: ", "# a note"),
]


@pytest.mark.parametrize("after", ["", "\nW = 3", "\r\n\r\nW = 3\r\n", "\n[answers.q9]"])
@pytest.mark.parametrize(("line", "said", "repair"), REPAIRED)
def test_the_repair_is_said_and_is_one(line: str, said: str, repair: str, after: str) -> None:
    assert student_error(HEAD + line + after) == f"paper.toml: line 5: {said}{repair}"
    tomli.loads(HEAD + repair + after)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("A = 2", "line 5: A occurs twice, first in line 4: keep one of them"),
        ("[answers.q4]", "line 5: [answers.q4] occurs twice, first in line 3: merge the two tables"),
        ("Z = '''\nrows\n", "line 5: the text that opens with ''' is never closed: end it with '''"),
        ('Z = """\nrows\n', 'line 5: the text that opens with """ is never closed: end it with """'),
        (
            "Z = [[1, 2],\n  [3, 4]\n\nW = 3",
            "line 5: the [ that opens here is not closed; line 6 should be: [3, 4]]",
        ),
        ("Z = [[1, 2]\n\n  [3, 4]]", "line 5: a comma is missing between two rows: Z = [[1, 2],"),
        *(
            (
                rows,
                "line 5: an answer of several lines goes between triple quotes: "
                f"begin it with Z = ''' and end line {last} with '''",
            )
            for rows, last in (
                ('Z = "\n0\t3/4\n1/4\t1/2\n"\nW = 3', 8),
                ('Z = "10\t3\n9\t18"', 6),
                ("Z =\n10 3\n9 18\n", 7),
                ("Z = 0 3/4 3/4\n1/4 1/2 1/4\n1/4 -1/4 -1/2\n# done", 7),
                ("Z = -1 2\n(3) 4\n\nW = 3", 6),
                ("Z = ۱ ۲\n۳ ۴", 6),
                ('Z = "I think\n1. a\n2. b"\nW = 3', 7),
                ("Z = 'first\nsecond'", 6),
            )
        ),
        ("Z = [[1, 2],\n  [7/4, 3/4]]", "line 6: 7/4 needs quotes: ['7/4', '3/4']]"),
        (
            "Z = [[9/4, 2],\n  [1, 3/4]]",
            "line 5: 9/4 needs quotes: Z = [['9/4', 2],; line 6: 3/4 needs quotes: [1, '3/4']]",
        ),
        ("dL/dX = 3", "line 5: expected a name of A-Z, a-z, 0-9, - and _ before =, received dL/dX"),
        ("گرادیان = 3", "line 5: expected a name of A-Z, a-z, 0-9, - and _ before =, received گرادیان"),
        ("```toml", "line 5: ``` belongs to Markdown, not to TOML: remove this line"),
        ("Z = '\x1b[31m'", "line 5: column 6: the character U+001B is not allowed in TOML: remove it"),
        ("Z = {1, 2}", "line 5: column 7: not TOML: expected '=' after a key in a key/value pair"),
        ("Z\n", "line 5: column 2: not TOML: expected '=' after a key in a key/value pair"),
    ],
)
def test_what_has_no_repaired_line_is_said_too(lines: str, said: str) -> None:
    assert student_error(HEAD + lines) == f"paper.toml: {said}"


def test_the_author_is_answered_in_the_same_way() -> None:
    with pytest.raises(AuthorError) as caught:
        read_assignment(b"[assignment]\nid = hw", "hw.toml")
    assert str(caught.value) == "hw.toml: line 2: hw needs quotes: id = 'hw'"


@pytest.mark.parametrize(
    "line", ["a =" + " " * 150_000 + "!", " " * 150_000 + "!", "a" * 150_000 + "!", "Z = '" + "x\n" * 60_000]
)
@pytest.mark.timeout(10)
def test_hostile_lines_are_answered_at_once(line: str) -> None:
    assert "line 5" in student_error(HEAD + line)


def test_a_row_of_numbers_is_no_name() -> None:
    assert "2 = 3" not in student_error(HEAD + "Z = 1 # note\n2 3\n")


def test_no_repair_is_tried_on_a_very_long_document() -> None:
    text = HEAD + "# " + "x" * 300_000 + "\nZ = 9/4"
    assert student_error(text) == (
        "paper.toml: line 6: column 6: not TOML: expected newline or end of document after a statement"
    )


@given(st.text(alphabet="Z=[]{}(),.'\"“’\\ \n#/19x-:", max_size=40))
def test_every_error_is_one_printable_sentence_and_every_repair_is_read(text: str) -> None:
    try:
        read_submission((HEAD + text).encode(), "paper.toml")
    except StudentError as error:
        assert str(error).isprintable() and len(str(error)) < 700
        assert error.place.file == "paper.toml"


# -- what is pasted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said", "repair"),
    [
        ("Z\u00a0= 3", "NO-BREAK SPACE (U+00A0) is not a space in TOML: ", "Z = 3"),
        ("Z = [1\uff0c 2]", "FULLWIDTH COMMA (U+FF0C) is used in place of ,: ", "Z = [1, 2]"),
        ("Z = [1\u060c 2]", "ARABIC COMMA (U+060C) is used in place of ,: ", "Z = [1, 2]"),
        ("Z = 1\u060c5", "ARABIC COMMA (U+060C) is used in place of ,: ", "Z = '1,5'"),
        ("Z \uff1d 3", "FULLWIDTH EQUALS SIGN (U+FF1D) is used in place of =: ", "Z = 3"),
        ("\u041e = 3", "CYRILLIC CAPITAL LETTER O (U+041E) is used in place of O: ", "O = 3"),
        ("d\u0425 = [9/4]", "CYRILLIC CAPITAL LETTER HA (U+0425) is used in place of X: ", "dX = ['9/4']"),
        ("R\u06f1 = 3", "EXTENDED ARABIC-INDIC DIGIT ONE (U+06F1) is used in place of 1: ", "R1 = 3"),
        ("Z = \u200b3", "ZERO WIDTH SPACE (U+200B) is invisible and is not allowed here: ", "Z = 3"),
    ],
)
def test_characters_that_look_like_others_are_named(line: str, said: str, repair: str) -> None:
    assert student_error(HEAD + line) == f"paper.toml: line 5: {said}{repair}"
    tomli.loads(HEAD + repair)


def test_in_quotes_and_comments_any_character_stays() -> None:
    text = HEAD + "Z = 'a\u00a0b\uff0c'  # \u00a0\nW = 9/4"
    assert student_error(text) == "paper.toml: line 6: 9/4 needs quotes: W = '9/4'"


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("array([[10., 13.],\n       [ 9., 18.]])", 6),
        ("np.array([[10., 13.],\n       [ 9., 18.]])", 6),
        ("tensor([[10., 13.],\n        [ 9., 18.]], dtype=torch.float64)", 6),
        ("[[10. 13.]\n [ 9. 18.]]", 6),
        ("array([[[1., 2.],\n        [3., 4.]],\n\n       [[5., 6.],\n        [7., 8.]]])", 9),
    ],
)
def test_an_array_that_a_program_prints_is_put_between_quotes(written: str, last: int) -> None:
    said = student_error(HEAD + "Z = " + written + "\nW = 3")
    assert f"needs three quotes: write Z = ''' before it and ''' at the end of line {last}" in said
    read = read_submission((HEAD + f"Z = '''{written}'''\nW = 3").encode(), "paper.toml")
    assert read.answers["q4"]["Z"] == written


def test_all_repairs_of_a_document_are_said_at_once() -> None:
    text = HEAD + "Z = 9/4\nY = 1\nW = .5\nV =\n10 3\n9 18\nU = “1/2”\n"
    assert student_error(text).split("; line ") == [
        "paper.toml: line 5: 9/4 needs quotes: Z = '9/4'",
        "7: .5 needs a digit on both sides of the point: W = 0.5",
        "8: an answer of several lines goes between triple quotes: begin it with V = ''' and end line 10 with '''",
        "11: curly quotes must be straight: U = '1/2'",
    ]


def test_a_number_in_groups_is_not_made_two() -> None:
    assert student_error(HEAD + "Z = [73 856, 2]") == "paper.toml: line 5: 73 856 needs quotes: Z = ['73 856', 2]"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF file"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml word/document.xml", "a Word file (.docx)"),
        (b"PK\x03\x04\x14\x00mimetypeapplication/vnd.oasis.opendocument.text", "a Writer file (.odt)"),
        (b"PK\x03\x04\x14\x00paper.toml", "a compressed file (zip)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Word or Excel file of the old form"),
        (b"{\\rtf1\\ansi", "a rich text file"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
    ],
)
def test_a_file_of_another_program_is_called_by_its_name(data: bytes, what: str) -> None:
    with pytest.raises(StudentError) as raised:
        read_submission(data, "paper.toml")
    said = f"paper.toml: expected TOML, received {what}: write the answers as plain text, "
    assert str(raised.value) == said + "into what `grader template` prints"
