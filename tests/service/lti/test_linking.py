"""An instructor chooses assignments; the platform, which others wrote, reads what it is sent."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from grader.service.lti.keys import ToolKeys
from grader.service.lti.launch import Chooser, Launch
from grader.service.lti.linking import Offered, chosen
from grader.service.lti.refusal import RefusedLaunchError
from tests.service.lti.browser import Visited
from tests.service.lti.platform import INSTRUCTOR, LEARNER, TOOL, sent
from tests.service.lti.test_launch import forged

OFFERED = [
    Offered("cnn-foundations", "Foundations", Decimal("40.0")),
    Offered("cnn-architectures", "معماری‌ها", Decimal("37.25")),
]
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


@pytest.fixture(scope="module")
def keys() -> ToolKeys:
    return ToolKeys.generate()


def asked(visited: Visited, role: str = INSTRUCTOR, **settings: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The form of a request for links, and the cookies of the browser; with other settings."""
    cookies: dict[str, str] = {}
    message = visited.platform.message(visited.begin(cookies).redirect)
    message.set_user_data("teacher-1", [role])
    message.set_dl("https://lms.example/back?course=4", accept_types={"ltiResourceLink", "html"})
    form = sent(message)
    if settings:
        usual = {
            "deep_link_return_url": "https://lms.example/back",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe"],
        }
        form = forged(form, **{SETTINGS: {k: v for k, v in (usual | settings).items() if v is not None}})
    return form, cookies


def opened(visited: Visited, **settings: Any) -> Launch:
    return visited.launch(*asked(visited, **settings))


def test_the_platform_reads_links_with_their_columns(visited: Visited, keys: ToolKeys) -> None:
    launch = opened(visited)
    assert launch.chooser == Chooser("https://lms.example/back?course=4", "", True, True, True)
    assert (launch.target, launch.link) == (TOOL.launch, "")
    form = chosen(TOOL, keys, launch, OFFERED, time.time())
    assert form.address == "https://lms.example/back?course=4"
    visited.platform.registration.set_tool_key_set(keys.published())
    assert visited.platform.config.validate_deeplinking_resp(form.fields) == [
        {
            "type": "ltiResourceLink",
            "title": "Foundations",
            "url": "https://grader.example/cnn/lti/launch?assignment=cnn-foundations",
            "custom": {"assignment": "cnn-foundations"},
            "lineItem": {"label": "Foundations", "resourceId": "cnn-foundations", "scoreMaximum": 40},
        },
        {
            "type": "ltiResourceLink",
            "title": "معماری‌ها",
            "url": "https://grader.example/cnn/lti/launch?assignment=cnn-architectures",
            "custom": {"assignment": "cnn-architectures"},
            "lineItem": {"label": "معماری‌ها", "resourceId": "cnn-architectures", "scoreMaximum": 37.25},
        },
    ]


def test_the_answer_is_signed_for_the_platform_and_returns_its_data(visited: Visited, keys: ToolKeys) -> None:
    launch = opened(visited, data="opaque  <data>\n")
    now = time.time()
    visited.platform.registration.set_tool_key_set(keys.published())
    claims = visited.platform.config.tool_validate_and_decode(chosen(TOOL, keys, launch, [], now).fields["JWT"])
    assert len(claims.pop("nonce")) == 43
    assert claims == {
        "iss": "client-7",
        "aud": ["https://lms.example"],
        "iat": int(now),
        "exp": int(now) + 300,
        "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiDeepLinkingResponse",
        "https://purl.imsglobal.org/spec/lti/claim/version": "1.3.0",
        "https://purl.imsglobal.org/spec/lti/claim/deployment_id": "deployment-3",
        "https://purl.imsglobal.org/spec/lti-dl/claim/content_items": [],
        "https://purl.imsglobal.org/spec/lti-dl/claim/data": "opaque  <data>\n",
    }


def test_a_platform_that_wants_no_column_gets_none(visited: Visited, keys: ToolKeys) -> None:
    launch = opened(visited, accept_lineitem=False)
    visited.platform.registration.set_tool_key_set(keys.published())
    fields = chosen(TOOL, keys, launch, OFFERED[:1], time.time()).fields
    [item] = visited.platform.config.validate_deeplinking_resp(fields)
    assert "lineItem" not in item


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"accept_multiple": False}, "the platform takes one link at a time: choose one assignment"),
        ({"accept_multiple": "false"}, "the platform takes one link at a time: choose one assignment"),
        ({"accept_types": ["html"]}, "the platform does not take links to assignments in this place"),
    ],
)
def test_what_the_platform_does_not_take_is_refused(
    visited: Visited, keys: ToolKeys, settings: dict[str, Any], said: str
) -> None:
    launch = opened(visited, **settings)
    with pytest.raises(RefusedLaunchError) as caught:
        chosen(TOOL, keys, launch, OFFERED, time.time())
    assert str(caught.value) == said


def test_who_was_not_asked_chooses_nothing(visited: Visited, keys: ToolKeys) -> None:
    cookies: dict[str, str] = {}
    launch = visited.launch(visited.platform.form(visited.begin(cookies).redirect), cookies)
    with pytest.raises(RefusedLaunchError, match="the platform has not asked for assignments to link to"):
        chosen(TOOL, keys, launch, OFFERED, time.time())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": LEARNER}, "only instructors choose which assignments the platform links to"),
        ({"deep_link_return_url": None}, "the platform's token lacks deep_linking_settings.deep_link_return_url"),
        (
            {"deep_link_return_url": "javascript:alert(1)"},
            "the platform's token has a wrong deep_linking_settings.deep_link_return_url: 'javascript:alert(1)'",
        ),
        ({"accept_multiple": 3}, "the platform's token has a wrong deep_linking_settings.accept_multiple: 3"),
        ({"data": {}}, "the platform's token has a wrong deep_linking_settings.data: a table"),
    ],
)
def test_a_request_for_links_that_is_wrong_is_refused(visited: Visited, changed: dict[str, Any], said: str) -> None:
    assert visited.refused(*asked(visited, **changed)) == said
