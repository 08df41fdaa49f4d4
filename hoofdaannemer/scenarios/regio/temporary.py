"""What was agreed for a time: the youth contract with its options, and treatment paid by unit.

Arrangement A2: at most nine years, and price times quantity, which is mainly mental health care,
for at most three; after that everybody has a fixed sum.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.regio.catalogue import Provider
from subcontracts.models import ContractOption, FundingLine, FundingSunset, MunicipalContract
from subcontracts.services import sunsets, upward_dates

#: The first term of the youth contract ends then; each option adds three years.
FIRST_END: Final = date(2026, 12, 31)
_OPTION_MONTHS: Final = 36
#: Options: the last day on which each is announced.
_ANNOUNCED: Final = (date(2026, 6, 30), date(2029, 6, 30))
#: An option was taken where the contract would end sooner than this after the year of history.
_AHEAD: Final = timedelta(days=3 * 365)
#: Years during which price times quantity is allowed, and days before the end of an evaluation.
_YEARS, _EVALUATED_DAYS = 3, 180
#: Of which product: treatment in mental health care.
_PRODUCT: Final = "behandeling"


def add_options(scope: Scope, contract: MunicipalContract) -> None:
    """Record both options; of these, take what the care of this year and the next needs."""
    for announce_by in _ANNOUNCED:
        option = upward_dates.add_option(
            scope=scope,
            contract=contract,
            months=_OPTION_MONTHS,
            announce_by=announce_by,
            decide_by=announce_by - timedelta(days=90),
            note="Drie jaar, onder dezelfde voorwaarden",
        )
        contract.refresh_from_db()
        if contract.end_date is not None and contract.end_date < scope.today + _AHEAD:
            upward_dates.decide_option(
                scope=scope,
                option=option,
                outcome=ContractOption.Outcome.TAKEN,
                decided_on=min(scope.today, announce_by - timedelta(days=90)),
                note="Besluit van de acht gemeenten",
            )
            contract.refresh_from_db()


def is_temporary(provider: Provider) -> bool:
    """Whether a provider is paid by unit for a time only."""
    return provider.form == FundingLine.Form.PXQ and _PRODUCT in provider.goods


def period(provider: Provider, first_day: date) -> Period:
    """The days of its line: three years where it is temporary, without an end otherwise."""
    if not is_temporary(provider):
        return Period(first_day)
    first = first_day.replace(year=first_day.year + _YEARS, day=1)
    return Period(first_day, first - timedelta(days=1))


def plan(scope: Scope, provider: Provider, line: FundingLine) -> None:
    """What follows on a temporary line: a fixed sum; for a practice an evaluation says first."""
    if line.end_date is None:
        return
    if provider.kind == "practice":
        what = sunsets.Plan(
            follow_up=FundingSunset.FollowUp.EVALUATION,
            evaluate_by=line.end_date - timedelta(days=_EVALUATED_DAYS),
            evaluator="contractmanager",
        )
    else:
        what = sunsets.Plan(
            follow_up=FundingSunset.FollowUp.LINE, next_form=FundingLine.Form.LUMP_SUM
        )
    sunsets.plan(scope=scope, line=line, plan=what)
