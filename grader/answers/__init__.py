"""What students write, read by the kind of the part."""

from grader.answers.formulas import parse_formula
from grader.answers.guess import guess_spec
from grader.answers.reading import read_answer
from grader.answers.show import plain, shown

__all__ = ["guess_spec", "parse_formula", "plain", "read_answer", "shown"]
