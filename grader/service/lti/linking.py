"""Sending the platform the assignments that an instructor has chosen, by a signed form, so that it links to them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from grader.messages import sentence
from grader.service.lti.claims import LINKING, LTI, LTI_VERSION
from grader.service.lti.keys import ToolKeys
from grader.service.lti.launch import Launch
from grader.service.lti.login import Tool
from grader.service.lti.refusal import refused
from grader.service.lti.scores import as_number
from grader.structs import Struct

LIFETIME = 300


class Offered(Struct):
    """An assignment that may be linked to."""

    id: str
    title: str
    points: Decimal


class PostedForm(Struct):
    """A form that the page submits at once, or by its button without scripts."""

    address: str
    fields: dict[str, str]


def chosen(tool: Tool, keys: ToolKeys, launch: Launch, assignments: Sequence[Offered], now: float) -> PostedForm:
    """The form that sends the chosen assignments, possibly none, to the platform.

    Raises RefusedLaunchError if the platform cannot accept them.
    """
    chooser = launch.chooser
    if chooser is None:
        raise refused(sentence("the platform has not asked for assignments to link to"))
    if assignments and not chooser.takes_links:
        raise refused(sentence("the platform does not take links to assignments in this place"))
    if len(assignments) > 1 and not chooser.takes_several:
        raise refused(sentence("the platform takes one link at a time: choose one assignment"))
    claims: dict[str, Any] = {
        "iss": launch.client_id,
        "aud": [launch.issuer],
        "iat": int(now),
        "exp": int(now) + LIFETIME,
        "nonce": secrets.token_urlsafe(32),
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": LTI_VERSION,
        LTI + "deployment_id": launch.deployment,
        LINKING + "content_items": [_item(tool, each, chooser.takes_columns) for each in assignments],
    }
    if chooser.data:
        claims[LINKING + "data"] = chooser.data
    return PostedForm(chooser.back, {"JWT": keys.signed(claims)})


def _item(tool: Tool, assignment: Offered, with_column: bool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": assignment.title,
        "url": f"{tool.launch}?assignment={assignment.id}",
        "custom": {"assignment": assignment.id},
    }
    if with_column:
        item["lineItem"] = {
            "label": assignment.title,
            "resourceId": assignment.id,
            "scoreMaximum": as_number(assignment.points),
        }
    return item
