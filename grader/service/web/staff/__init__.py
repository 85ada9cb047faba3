"""The staff pages: the queue, the class, fixed keys, releases and people."""

from grader.service.web.endpoint import Endpoint
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


def endpoints() -> list[Endpoint]:
    """Every address of staff."""
    modules = (assets, overview, queue, class_page, student, hand_in, key, release, appeals, people, upload, platforms)
    return [endpoint for module in modules for endpoint in module.endpoints()]
