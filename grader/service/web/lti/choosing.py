"""An instructor chooses, within the platform, which assignments it links to.

Browsers may not keep a session in a frame, so the page carries its own single-use secret.
"""

from __future__ import annotations

import json
from datetime import timedelta

from starlette.responses import Response

from grader.messages import sentence
from grader.service.course.lti.connection import Lti
from grader.service.course.lti.scores import points_of
from grader.service.course.service import Service
from grader.service.lti.addresses import origin_of
from grader.service.lti.launch import Chooser, Launch
from grader.service.lti.linking import Offered, PostedForm, chosen
from grader.service.lti.refusal import RefusedLaunchError, refused
from grader.service.lti.roles import Role
from grader.service.store.people import Person, credential, new_once, take_once
from grader.service.web.endpoint import Endpoint, EndpointCall, check_origin
from grader.service.web.lti.pages import framed, lti_of, said

LASTS = timedelta(hours=1)
KIND = "choice"
SCRIPT = 'document.getElementById("back").submit();\n'
_LAUNCH = ("issuer", "client_id", "deployment", "subject", "target")
_CHOOSER = ("back", "data", "takes_links", "takes_several", "takes_columns")


async def choose(call: EndpointCall, launch: Launch, person: Person) -> Response:
    """Offer the assignments of the course."""
    assert launch.chooser is not None
    token = await call.reach(_token, call.service, launch, person)
    offered = [(one.id, one.title, call.service.language.number(f"{one.points:f}")) for one in _offered(call.service)]
    return framed(call, "lti/choose.html", token=token, offered=offered, several=launch.chooser.takes_several)


@said
async def answer(call: EndpointCall) -> Response:
    """Send the platform the choice, by a form that a script or its button submits."""
    check_origin(call.request)
    form = await call.form()
    ids = [str(id) for id in form.getlist("assignment")]
    found = await call.reach(_answer, lti_of(call), str(form.get("token", "")), ids)
    return framed(call, "lti/chosen.html", to=origin_of(found.address), form=found)


async def script(call: EndpointCall) -> Response:
    """The script that sends the form."""
    lti_of(call)
    return Response(SCRIPT, media_type="text/javascript", headers={"cache-control": "public, max-age=3600"})


def _token(service: Service, launch: Launch, person: Person) -> str:
    with service.store.writing() as base:
        return new_once(base, KIND, service.now(), person.id, _written(launch), LASTS)


def _answer(lti: Lti, token: str, ids: list[str]) -> PostedForm:
    now = lti.service.now()
    with lti.service.store.reading() as base:
        asked = credential(base, token, KIND, now)
    if asked is None:
        raise _used()
    offered = [one for one in _offered(lti.service) if one.id in ids]
    form = chosen(lti.tool, lti.keys(), _read(asked.scope), offered, lti.now())
    with lti.service.store.writing() as base:
        if take_once(base, KIND, token, now) is None:
            raise _used()
    return form


def _used() -> RefusedLaunchError:
    return refused(sentence("the choice was made already, or took too long: begin again in the learning platform"))


def _offered(service: Service) -> list[Offered]:
    return [Offered(id, one.title or id, points_of(one)) for id, one in service.assignments().items()]


def _written(launch: Launch) -> str:
    kept = {name: getattr(launch, name) for name in _LAUNCH}
    return json.dumps({**kept, "chooser": {name: getattr(launch.chooser, name) for name in _CHOOSER}})


def _read(text: str) -> Launch:
    found = json.loads(text)
    chooser = Chooser(**found.pop("chooser"))
    return Launch(**found, role=Role.INSTRUCTOR, chooser=chooser)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint("/lti/choose", answer, "nothing", methods=["POST"]), Endpoint("/lti-back.js", script, "nothing")]
