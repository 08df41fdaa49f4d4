"""Terms of the standard: what must follow on what, and by when.

Working days are those of `core.working_days`. Terms without a number ("in time", "as agreed")
are not here: nothing can be computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.working_days import add_working_days

from .model.elements import Family
from .model.messages import ANSWERS
from .rules.calendar import plus_months


class Unit(StrEnum):
    WORKING_DAYS = "working days"
    CALENDAR_DAYS = "calendar days"
    CALENDAR_WEEKS = "calendar weeks"
    CALENDAR_MONTHS = "calendar months"
    END_OF_NEXT_MONTH = "end of next month"


class Party(StrEnum):
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of `length` units after an event, for a party to send `message`.

    `family` is None where it holds in both. `source` is the rule or guide that states it.
    """

    code: str
    message: str
    event: str
    length: int
    unit: Unit
    party: Party
    source: str
    family: Family | None = None


def _term(
    code: str,
    message: str,
    event: str,
    length: int,
    party: Party,
    source: str,
    unit: Unit = Unit.WORKING_DAYS,
    family: Family | None = None,
) -> Term:
    return Term(
        code=code,
        message=message,
        event=event,
        length=length,
        unit=unit,
        party=party,
        source=source,
        family=family,
    )


_P, _M = Party.PROVIDER, Party.MUNICIPALITY
_GUIDE: Final = "SAP-GI"

TERMS: Final = MappingProxyType(
    {
        term.code: term
        for term in (
            _term("302", "302", "receipt of the 301", 3, _P, "OP090"),
            _term("306", "306", "receipt of the 305", 3, _M, "OP090"),
            _term("308", "308", "receipt of the 307", 3, _M, "OP090"),
            _term("316", "316", "receipt of the 315", 3, _M, "OP090"),
            _term("318", "318", "receipt of the 317", 3, _M, "OP090"),
            _term("320", "320", "receipt of the 319", 3, _P, "OP090"),
            _term("325", "325", "receipt of the 323", 10, _M, "OP090x4"),
            _term("answer-315", "301 or 319", "receipt of the 315", 5, _M, "OP274"),
            _term("answer-317", "301 or 319", "receipt of the 317", 5, _M, "OP346"),
            _term(
                "decision-after-investigation",
                "301 or 319",
                "date of the request",
                8,
                _M,
                "OP274, OP346",
                Unit.CALENDAR_WEEKS,
            ),
            _term(
                "residence",
                "319 or 301",
                "receipt of the 315",
                2,
                _M,
                "OP359",
                Unit.CALENDAR_WEEKS,
                Family.JW,
            ),
            _term("start", "305", "actual start of delivery", 5, _P, "OP271"),
            _term("start-retroactive", "305", "receipt of a retroactive 301", 5, _P, "OP271"),
            _term("stop", "307", "actual end of delivery", 5, _P, "OP272"),
            _term("stop-final", "307", "the definitive end is known", 5, _P, "OP272"),
            _term("request", "315", "assessment or intake", 5, _P, "FAQ response times"),
            _term(
                "service-line",
                "323",
                "end of the product period",
                60,
                _P,
                "TR335",
                Unit.CALENDAR_MONTHS,
            ),
            _term(
                "gi-request",
                "315",
                "receipt of the court decision",
                5,
                _P,
                _GUIDE,
                family=Family.JW,
            ),
            _term(
                "gi-start", "305", "start, or receipt of the 301", 5, _P, _GUIDE, family=Family.JW
            ),
            _term("gi-stop", "307", "end of the measure", 5, _P, _GUIDE, family=Family.JW),
            _term(
                "gi-declaration",
                "323",
                "end of the declaration period",
                1,
                _P,
                _GUIDE,
                Unit.END_OF_NEXT_MONTH,
                Family.JW,
            ),
            _term(
                "gi-residence",
                "319 or 301",
                "receipt of the 315",
                14,
                _M,
                _GUIDE,
                Unit.CALENDAR_DAYS,
                Family.JW,
            ),
        )
    }
)


def due(term_code: str, event_date: date) -> date:
    """The last day on which the term is met; the day of the event does not count.

    Raises KeyError for a term that is none.
    """
    term = TERMS[term_code]
    match term.unit:
        case Unit.WORKING_DAYS:
            return add_working_days(event_date, term.length)
        case Unit.CALENDAR_DAYS:
            return event_date + timedelta(days=term.length)
        case Unit.CALENDAR_WEEKS:
            return event_date + timedelta(weeks=term.length)
        case Unit.CALENDAR_MONTHS:
            return date(*plus_months(event_date, term.length))
        case Unit.END_OF_NEXT_MONTH:
            return Month.of(event_date).next().last


def return_due(message_number: str, received_on: date) -> date | None:
    """Until when the answer to a message may be sent; None for a message without answer."""
    answered_by = ANSWERS.get(message_number)
    return due(answered_by, received_on) if answered_by else None
