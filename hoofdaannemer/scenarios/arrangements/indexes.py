"""What a file says of indexation: series with their figures, and schemes that mix them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field, PlainSerializer, model_validator

from hoofdaannemer.scenarios.arrangements.values import Exact, Part, Percent, Text, plain
from subcontracts.models import IndexTerms

#: A figure in percent, which may be below zero.
Change = Annotated[Exact, Field(gt=-100, decimal_places=4), PlainSerializer(plain)]


class Figure(Part):
    """What a series says of a year."""

    year: int
    provisional: Change
    definitive: Change | None = None
    source: str = ""


class Series(Part):
    """A series of yearly figures that somebody publishes."""

    name: Text
    source: str = ""
    figures: list[Figure] = []


class Weight(Part):
    """How much a series counts, by its name."""

    series: Text
    percent: Percent


class SchemeFrom(Part):
    """How a scheme calculates from a day on."""

    start_date: date
    method: IndexTerms.Method
    first_year: IndexTerms.FirstYear = IndexTerms.FirstYear.CALENDAR
    percent_decimals: Annotated[int, Field(ge=0, le=4)] = 3
    amount_decimals: Annotated[int, Field(ge=2, le=4)] = 2
    weights: Annotated[list[Weight], Field(min_length=1)]

    @model_validator(mode="after")
    def _weights_are_whole(self) -> SchemeFrom:
        if sum((one.percent for one in self.weights), Decimal(0)) != 100:
            raise ValueError(_("The weights must add up to 100 percent."))
        return self


class Scheme(Part):
    """A mix of series that contracts follow."""

    name: Text
    terms: Annotated[list[SchemeFrom], Field(min_length=1)]
