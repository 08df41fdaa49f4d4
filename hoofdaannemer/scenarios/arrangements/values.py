"""How single values stand in an arrangement's file: numbers as text, so that nothing is rounded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from hoofdaannemer.core.numbers import is_establishment, is_kvk
from hoofdaannemer.core.periods import Month, Period


def plain(number: Decimal) -> str:
    """The number without zeros that say nothing: `60` and not `60.0000` or `6E+1`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError(_("Write a number with decimals between quotes, so that it stays exact."))
    return value


def _kvk(text: str) -> str:
    if not (is_kvk(text) or is_establishment(text)):
        raise ValueError(_("A trade register number has eight digits, that of an own team twelve."))
    return text


def _month(value: Any) -> Any:
    return Month.parse(value) if isinstance(value, str) else value


#: A number as text or without decimals, so that nothing is rounded.
Exact = Annotated[Decimal, BeforeValidator(_no_float)]
#: Euros with two decimals.
Euros = Annotated[Exact, Field(ge=0, decimal_places=2), PlainSerializer(_euros)]
SignedEuros = Annotated[Exact, Field(decimal_places=2), PlainSerializer(_euros)]
Number = Annotated[Exact, Field(ge=0), PlainSerializer(plain)]
Percent = Annotated[Exact, Field(ge=0, le=100), PlainSerializer(plain)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Kvk = Annotated[str, AfterValidator(_kvk)]
MonthText = Annotated[Month, BeforeValidator(_month), PlainSerializer(str)]


class Part(BaseModel):
    """A part of a file; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Dated(Part):
    """What holds from a day up to and including another, or without end."""

    start_date: date
    end_date: date | None = None

    @property
    def period(self) -> Period:
        """Both days included."""
        return Period(self.start_date, self.end_date)
