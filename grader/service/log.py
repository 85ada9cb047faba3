"""The log of the service."""

import logging

LOG = logging.getLogger("grader.service")
