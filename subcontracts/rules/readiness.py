"""Whether a subcontract may take its next step, and what stands out though it may.

Pure: the facts are gathered in `selectors.readiness`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.rules.consent import is_needed


class Stage(StrEnum):
    """From which step on something must be in order; a notice stops nothing."""

    OFFER = "offer"
    START = "start"
    #: Stands in the way of beginning until somebody says that it is known.
    SEEN = "seen"
    NOTICE = "notice"


@dataclass(frozen=True)
class Check:
    """One thing that must be, or should be, in order."""

    code: str
    stage: Stage
    text: str
    is_met: bool


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a subcontract holds; products by their name."""

    #: Funding lines that pay by themselves, which a discount does not.
    lines: int
    #: Whether one of its lines pays for care. A contract for availability alone places nobody.
    pays_care: bool
    #: Of lines that are paid by the unit, without a tariff on the first day of the line.
    without_tariff: Sequence[str]
    #: Of the municipal contract, under no funding line.
    uncovered: Sequence[str]
    #: Products with the days of their line on which they have no tariff.
    tariff_gaps: Sequence[str] = ()
    #: Products with the days of the contract on which they are under no line, though they are on
    #: other days.
    line_gaps: Sequence[str] = ()
    is_practice: bool
    #: Products under its lines to which the municipality did not agree by its first day.
    without_consent: Sequence[str]
    #: Whether it agreed to anything by then.
    has_consent: bool
    has_account: bool
    start_date: date
    end_date: date | None
    upper_start: date
    upper_end: date | None
    #: As the terms of the municipal contract say on its first day; empty or None where unknown.
    consent_duty: str = ""
    subcontractor_limit: int | None = None
    upper_accepts: bool = False
    #: Others that work under the municipal contract on its first day.
    subcontractors: int = 0
    has_acceptance_duty: bool = True

    @property
    def needs_consent(self) -> bool:
        """Whether the municipality must agree to this subcontractor."""
        return is_needed(self.consent_duty, is_practice=self.is_practice)


def checks(facts: Facts) -> list[Check]:
    """All of them, met or not, in the order of the steps."""
    return [*_to_offer(facts), *_to_start(facts), *_gaps(facts), *_notices(facts)]


def unmet(facts: Facts, stages: Sequence[Stage]) -> list[Check]:
    """What stands in the way at these steps."""
    return [check for check in checks(facts) if check.stage in stages and not check.is_met]


def _to_offer(facts: Facts) -> Iterator[Check]:
    yield Check("CON-07", Stage.OFFER, _("There is a funding line."), facts.lines > 0)
    lacking = _("Each product that is paid by the unit has a tariff from the first day.")
    if facts.without_tariff:
        lacking = _("Set a tariff from the first day for: %(products)s.") % {
            "products": ", ".join(facts.without_tariff)
        }
    yield Check("CON-18", Stage.OFFER, lacking, not facts.without_tariff)
    begins = facts.start_date >= facts.upper_start
    text = _("It does not begin before the municipal contract (%(day)s).")
    yield Check("CON-19", Stage.OFFER, text % {"day": date_nl(facts.upper_start)}, begins)


def _to_start(facts: Facts) -> Iterator[Check]:
    if facts.needs_consent:
        text = _("The municipality agreed to this subcontractor, on the first day at the latest.")
        if facts.has_consent and facts.without_consent:
            text = _("The consent of the municipality is not for: %(products)s.") % {
                "products": ", ".join(facts.without_consent)
            }
        is_met = facts.has_consent and not facts.without_consent
        yield Check("CON-20", Stage.START, text, is_met)
    if (limit := facts.subcontractor_limit) is not None:
        text = ngettext(
            "No more than %(limit)s subcontractor works under the municipal contract (%(count)s"
            " with this one).",
            "No more than %(limit)s subcontractors work under the municipal contract (%(count)s"
            " with this one).",
            limit,
        ) % {"limit": limit, "count": facts.subcontractors + 1}
        yield Check("CON-50", Stage.START, text, facts.subcontractors < limit)


def _gaps(facts: Facts) -> Iterator[Check]:
    text = _("Each product that is paid by the unit has a tariff on every day of its line.")
    if facts.tariff_gaps:
        text = _("No tariff: %(gaps)s.") % {"gaps": "; ".join(facts.tariff_gaps)}
    yield Check("CON-240", Stage.SEEN, text, not facts.tariff_gaps)
    text = _("Each product is under a funding line for as long as the contract runs.")
    if facts.line_gaps:
        text = _("Under no funding line: %(gaps)s.") % {"gaps": "; ".join(facts.line_gaps)}
    yield Check("CON-241", Stage.SEEN, text, not facts.line_gaps)


def _notices(facts: Facts) -> Iterator[Check]:
    if facts.upper_end is not None:
        within = facts.end_date is not None and facts.end_date <= facts.upper_end
        text = _("It ends with the municipal contract at the latest (%(day)s).")
        yield Check("CON-21", Stage.NOTICE, text % {"day": date_nl(facts.upper_end)}, within)
    if facts.pays_care or not facts.lines:
        yield _coverage(facts)
    if facts.upper_accepts:
        text = _("The municipal contract has an acceptance duty, and so has this one.")
        if not facts.has_acceptance_duty:
            text = _("The municipal contract has an acceptance duty, and this one has none.")
        yield Check("CON-51", Stage.NOTICE, text, facts.has_acceptance_duty)
    text = _("An account is known, so that what is due can be paid.")
    yield Check("CON-23", Stage.NOTICE, text, facts.has_account)


def _coverage(facts: Facts) -> Check:
    text = _("Every product of the municipal contract has a funding line.")
    if facts.uncovered:
        text = ngettext(
            "%(count)s product of the municipal contract is not in it: %(products)s.",
            "%(count)s products of the municipal contract are not in it: %(products)s.",
            len(facts.uncovered),
        ) % {"count": len(facts.uncovered), "products": ", ".join(facts.uncovered)}
    return Check("CON-22", Stage.NOTICE, text, not facts.uncovered)
