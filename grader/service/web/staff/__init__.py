"""The staff pages: the queue, the class, fixed keys, releases and people."""

from grader.service.web.call import Place
from grader.service.web.staff import (
    appeals,
    assets,
    class_page,
    hand_in,
    key,
    overview,
    people,
    platforms,
    queue,
    release,
    student,
    upload,
)


def places() -> list[Place]:
    """Every address of staff."""
    rooms = (assets, overview, queue, class_page, student, hand_in, key, release, appeals, people, upload, platforms)
    return [place for room in rooms for place in room.places()]
