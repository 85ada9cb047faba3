"""The pages of staff: the queue, the class, keys that were fixed, releases and people."""

from grader.service.web.call import Place
from grader.service.web.staff import assets, class_page, hand_in, key, overview, platforms, queue, student


def places() -> list[Place]:
    """Every address of staff."""
    rooms = (assets, overview, queue, class_page, student, hand_in, key, platforms)
    return [place for room in rooms for place in room.places()]
