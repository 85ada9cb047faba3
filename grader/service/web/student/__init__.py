"""The student pages: homework, the answer sheet, receipts, feedback, questions about marks."""

from grader.service.web.endpoint import Endpoint
from grader.service.web.student import feedback, home, receipts, sheet


def endpoints() -> list[Endpoint]:
    """The endpoints of these modules."""
    return [*home.endpoints(), *sheet.endpoints(), *receipts.endpoints(), *feedback.endpoints()]
