"""The shapes of the µEd API, as JSON Schema."""

from __future__ import annotations

from typing import Any

from grader.service.api.checks import Schema
from grader.service.api.mued import MUED_VERSION

ARTEFACTS = ("TEXT", "CODE", "MODEL", "MATH", "OTHER")
_FORMAT: Schema = {"type": "string", "pattern": r"^(text|code|math|model|other):[a-z0-9_]+$"}
_LAWS = "GDPR UK_GDPR EPRIVACY CCPA_CPRA COPPA FERPA PPRA PIPEDA LGPD POPIA APPI PIPL OTHER"
_BASES = "CONSENT CONTRACT LEGAL_OBLIGATION PUBLIC_TASK LEGITIMATE_INTERESTS VITAL_INTERESTS OTHER"
_KEEPING = (
    "NEVER SECURITY LOGGING PRODUCT-IMPROVEMENT-NO-SHARE PRODUCT-IMPROVEMENT-SHARE-LIMITED RESEARCH-CONFIDENTIAL "
    "PUBLIC OTHER"
)
_CLASSES = "ANONYMOUS PSEUDONYMOUS PERSONAL EDUCATION_RECORD SENSITIVE OTHER"
_RECIPIENTS = "CONTROLLER-ONLY INTERNAL-SERVICES NAMED-PARTNERS PUBLIC"


def _table(*needed: str, **known: Schema) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": known, "additionalProperties": True}
    return {**made, "required": list(needed)} if needed else made


def _or_null(schema: Schema) -> dict[str, Any]:
    if "type" in schema and isinstance(schema["type"], str):
        enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, "type": [schema["type"], "null"], **enum}
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: str) -> dict[str, Any]:
    return {"type": "string", "enum": words.split()}


def _list(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL = _or_null(_TEXT)
_FLAG = _or_null({"type": "boolean"})
_ANYTHING = _or_null(_table())
_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}

TASK = _table(
    "title",
    taskId=_TEXT,
    title=_TEXT,
    content=_ANYTHING,
    context=_ANYTHING,
    learningObjectives=_or_null(_list(_TEXT)),
    referenceSolution=_ANYTHING,
    metadata=_ANYTHING,
)
_SENT: dict[str, Schema] = {
    "submissionId": _TEXT,
    "taskId": _TEXT_OR_NULL,
    "submittedAt": _MOMENT,
    "version": {"type": ["integer", "null"]},
}
SUBMISSION: Schema = {
    "anyOf": [
        _table("type", "content", type=_one_of(" ".join(ARTEFACTS)), format=_TEXT_OR_NULL, content=_table(), **_SENT),
        _table("format", "content", format=_FORMAT, content=_table("value", value={}), **_SENT),
    ]
}
USER = _table(
    "type",
    userId=_TEXT_OR_NULL,
    type=_one_of("LEARNER TEACHER EDU_ADMIN SYS_ADMIN OTHER"),
    preference=_table(
        detail=_one_of("BRIEF MEDIUM DETAILED"),
        tone=_one_of("FORMAL NEUTRAL FRIENDLY"),
        language=_TEXT_OR_NULL,
    ),
    taskProgress=_ANYTHING,
)
_NUMBER: Schema = {"type": "number"}
CRITERION = _table(
    "name",
    criterionId=_TEXT,
    name=_TEXT,
    context={"type": ["string", "object", "null"]},
    gradeConfig={
        "oneOf": [
            _table("min", "max", "value", min=_NUMBER, max=_NUMBER, value=_NUMBER),
            _table("value", value=_one_of("A B C D E F n/a")),
            _table("value", value=_one_of("A+ A A- B+ B B- C+ C C- D+ D D- E+ E E- F")),
            _table("value", value=_TEXT),
        ]
    },
)
_REGIONS = _or_null(_list({}))
_LEVEL: Schema = {}
POLICY = _table(
    legal=_or_null(_table(applicableLaws=_list(_one_of(_LAWS)), legalBasis=_or_null(_list(_one_of(_BASES))))),
    jurisdiction=_or_null(
        _table(dataSubjectRegions=_REGIONS, allowedProcessingRegions=_REGIONS, disallowedProcessingRegions=_REGIONS)
    ),
    dataSubject=_or_null(
        _table(
            population=_or_null(_one_of("STUDENT STAFF GUARDIAN MIXED OTHER")),
            isChildData=_FLAG,
            minAge={"type": ["integer", "null"]},
        )
    ),
    dataCategory=_or_null(_table(classification=_or_null(_one_of(_CLASSES)))),
    retentionPermission=_or_null(_list(_one_of(_KEEPING))),
    retention=_or_null(_table(retentionPeriod=_TEXT_OR_NULL, deleteOnRequest=_FLAG, legalHoldAllowed=_FLAG)),
    sharing=_or_null(
        _table(
            thirdPartySharing=_or_null(_one_of("PROHIBITED ALLOWED ALLOWED-LIMITED")),
            subprocessorsAllowed=_FLAG,
            allowedRecipients=_or_null(_list(_one_of(_RECIPIENTS))),
        )
    ),
    deidentification=_or_null(_table(requiredForServiceImprovement=_LEVEL, requiredForResearch=_LEVEL)),
)
CONFIGURATION = _table(
    llm=_or_null(
        _table(
            model=_TEXT_OR_NULL,
            temperature={"type": ["number", "null"]},
            maxTokens={"type": ["integer", "null"]},
            stream=_FLAG,
            credentials=_ANYTHING,
        )
    ),
    dataPolicy=_or_null(POLICY),
    executionPolicy=_or_null(
        _table(priority=_or_null(_one_of("low normal high")), timeout={"type": ["integer", "null"], "minimum": 1})
    ),
)
REQUEST = _table(
    "submission",
    task=_or_null(TASK),
    submission=SUBMISSION,
    user=_or_null(USER),
    criteria=_or_null(_list(CRITERION)),
    preSubmissionFeedback=_or_null(_table("enabled", enabled={"type": "boolean"})),
    callbackUrl={"type": ["string", "null"], "format": "uri"},
    configuration=_or_null(CONFIGURATION),
)
FEEDBACK = _list(
    _table(
        "feedbackId",
        feedbackId=_TEXT,
        title=_TEXT_OR_NULL,
        message=_TEXT_OR_NULL,
        suggestedAction=_TEXT_OR_NULL,
        awardedPoints={"type": ["number", "null"]},
        criterion=_or_null(CRITERION),
        target=_or_null(_table("artefactType", "format", artefactType=_one_of(" ".join(ARTEFACTS)), format=_FORMAT)),
        response={"type": ["object", "null"], "additionalProperties": _TEXT},
    )
)
ERROR = _table("title", title=_TEXT, message=_TEXT_OR_NULL, code=_TEXT_OR_NULL, trace=_TEXT_OR_NULL, details=_ANYTHING)
_YES: Schema = {"type": "boolean"}
CAPABILITIES = _table(
    "supportsEvaluate",
    "supportsPreSubmissionFeedback",
    "supportsFormativeFeedback",
    "supportsSummativeFeedback",
    "supportsDataPolicy",
    supportsEvaluate=_YES,
    supportsPreSubmissionFeedback=_YES,
    supportsFormativeFeedback=_YES,
    supportsSummativeFeedback=_YES,
    supportsDataPolicy=_one_of("SUPPORTED NOT_SUPPORTED PARTIAL"),
    supportedArtefactProfiles=_or_null(_list(_table("type", type=_one_of(" ".join(ARTEFACTS))))),
    supportedLanguages=_or_null(_list(_TEXT)),
    supportedAPIVersions=_or_null(_list({"const": MUED_VERSION})),
)
INFO = _table("capabilities", version=_TEXT_OR_NULL, requirements=_ANYTHING, capabilities=CAPABILITIES)
HEALTH = _table(
    "status",
    "capabilities",
    status=_one_of("OK DEGRADED UNAVAILABLE"),
    message=_TEXT_OR_NULL,
    version=_TEXT_OR_NULL,
    requirements=_ANYTHING,
    capabilities=CAPABILITIES,
)
