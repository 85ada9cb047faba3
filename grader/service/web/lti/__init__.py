"""Endpoints for learning platforms and browsers that come from them; none without lti.toml."""

from grader.service.web.endpoint import Endpoint
from grader.service.web.lti import choosing, launching


def endpoints() -> list[Endpoint]:
    """The endpoints of these modules."""
    return [*launching.endpoints(), *choosing.endpoints()]
