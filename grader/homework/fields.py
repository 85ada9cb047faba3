"""What all documents share: strict frozen models, numbers with bounds, and validators that speak in sentences."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from grader.messages import Sentence, sentence
from grader.messages.names import described, shown

ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
MAX_POINTS = 1_000_000
MAX_DECIMALS = 10


class RefusedError(ValueError):
    """A value that a document may not hold: what is said, and the keys from the validated table down to it."""

    def __init__(self, said: Sentence, *at: str | int) -> None:
        """Keep both; pydantic carries this error to the reader of the file."""
        super().__init__(str(said))
        self.said = said
        self.at = at


class Strict(BaseModel):
    """A table of a document: no unknown field, no silent conversion, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def check_id(value: str, *at: str | int) -> str:
    """An id: letters, digits, - and _."""
    if not ID.fullmatch(value):
        raise RefusedError(
            sentence("expected an id of letters, digits, - and _ (at most 100), received {id}", id=shown(value)), *at
        )
    return value


def _number(value: Any) -> Decimal:
    """A finite number of a size that can be added and printed."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise RefusedError(sentence("expected a number, received {received}", received=described(value)))
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise RefusedError(sentence("expected a finite number, received {received}", received=described(value)))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and (exponent < -30 or number.adjusted() > 30):
        raise RefusedError(
            sentence("expected a number of at most 30 digits, received {received}", received=described(value))
        )
    return number


def _points(value: Any) -> Decimal:
    number = _number(value)
    exponent = number.as_tuple().exponent
    if not 0 <= number <= MAX_POINTS or (isinstance(exponent, int) and exponent < -MAX_DECIMALS):
        raise RefusedError(
            sentence(
                "expected points from 0 to {most:,} with at most {decimals} decimals, received {received}",
                most=MAX_POINTS,
                decimals=MAX_DECIMALS,
                received=described(value),
            )
        )
    return number


def _share(value: Any) -> Decimal:
    number = _number(value)
    if not 0 <= number <= 1:
        raise RefusedError(sentence("expected a share from 0 to 1, received {received}", received=described(value)))
    return number


def _positive(value: Any) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise RefusedError(sentence("expected a number above 0, received {received}", received=described(value)))
    return number


def _id(value: Any) -> Any:
    return check_id(value) if isinstance(value, str) else value


PointsWritten = Annotated[float, Field(ge=0, le=MAX_POINTS)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Positive = Annotated[float, Field(gt=0)]
_Id = Annotated[str, Field(pattern=f"^{ID.pattern}$")]

Points = Annotated[Decimal, BeforeValidator(_points, json_schema_input_type=PointsWritten)]
Share = Annotated[Decimal, BeforeValidator(_share, json_schema_input_type=_Share)]
Positive = Annotated[Decimal, BeforeValidator(_positive, json_schema_input_type=_Positive)]
Id = Annotated[str, BeforeValidator(_id, json_schema_input_type=_Id)]
