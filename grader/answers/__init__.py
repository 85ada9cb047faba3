"""Reading what students write, by the part's answer kind."""

from grader.answers.formulas import parse_formula
from grader.answers.guess import guess_spec
from grader.answers.reading import read_answer
from grader.answers.show import plain, shown

__all__ = ["guess_spec", "parse_formula", "plain", "read_answer", "shown"]
