"""The student pages: homework, the answer sheet, receipts, feedback, questions about marks."""

from grader.service.web.call import Place
from grader.service.web.student import feedback, home, receipts, sheet


def places() -> list[Place]:
    """Their addresses."""
    return [*home.places(), *sheet.places(), *receipts.places(), *feedback.places()]
