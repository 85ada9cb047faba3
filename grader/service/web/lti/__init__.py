"""Places for learning platforms and browsers that come from them; none without lti.toml."""

from grader.service.web.call import Place
from grader.service.web.lti import choosing, launching


def places() -> list[Place]:
    """Their addresses."""
    return [*launching.places(), *choosing.places()]
