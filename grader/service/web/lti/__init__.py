"""Where learning platforms and the browsers that come from them knock; there is nothing here without lti.toml."""

from grader.service.web.call import Place
from grader.service.web.lti import choosing, launching


def places() -> list[Place]:
    """Their addresses."""
    return [*launching.places(), *choosing.places()]
