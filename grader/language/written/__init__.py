"""What students write, read by the kind of the part."""

from grader.language.written.formulas import parse_formula
from grader.language.written.guess import guess_wanted
from grader.language.written.reading import read_answer
from grader.language.written.show import plain, shown

__all__ = ["guess_wanted", "parse_formula", "plain", "read_answer", "shown"]
