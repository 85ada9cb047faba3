"""The pages of staff: the queue, the class, keys that were fixed, releases and people."""

from grader.service.web.call import Place
from grader.service.web.staff import assets, overview, queue


def places() -> list[Place]:
    """Every address of staff."""
    return [*assets.places(), *overview.places(), *queue.places()]
