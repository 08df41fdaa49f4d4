"""Forecasts: made every night for each running contract and year, or when somebody asks.

They write their own tables: never an entitlement, a hold or a payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Forecast, ForecastRow, ForecastWarning
from billing.rules.drivers import Driver, Measured, drivers, together
from billing.rules.forecast import USE_MONTHS, Key, Outlook, forecast, go_on, reached
from billing.selectors.by_unit import paid_by_unit
from billing.selectors.contract_wall import last_day
from billing.selectors.forecast_facts import View, gather, measured
from billing.selectors.invoiced import invoiced_by_month
from billing.selectors.own_teams import costs_by_month
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import FundingLine, MunicipalContract, Subcontract
from subcontracts.selectors.upward_budgets import budget_of

Kind = ForecastWarning.Kind


@transaction.atomic
def make(*, scope: Scope, contract: MunicipalContract) -> Forecast:
    """Look ahead to the end of the running year; it takes the place of that of the same month.

    Raises RuleError BIL-227 for a contract that does not run this year.
    """
    policies.check_can_forecast(scope, contract.main_contractor_id)
    year = scope.today.year
    in_force = Period(contract.start_date, contract.end_date)
    if not in_force.overlaps(Period(date(year, 1, 1), date(year, 12, 31))):
        raise RuleError("BIL-227", _("This contract does not run this year."))
    # Two at once would each take the place of the one before.
    lock_text(f"forecast:{contract.pk}:{year}")
    view = View(year, scope.today, contract=contract.pk)
    facts = gather(view)
    outlooks = forecast(facts)
    until = last_day(contract, year)
    own = go_on(costs_by_month(scope, contract, year), until)
    invoiced = go_on(invoiced_by_month(scope, contract, year), until)
    of_month = Forecast.objects.filter(contract=contract, year=year)
    before = of_month.order_by("-seen_in").first()
    noted = list(before.warnings.exclude(note="")) if before else []
    of_month.filter(seen_in=view.now.first).delete()
    made = Forecast.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        year=year,
        seen_in=view.now.first,
        made_at=scope.at,
        comes_in=_comes_in(scope, contract, view),
        own_teams=own.expected,
        invoiced=invoiced.expected,
        declared=sum((one.so_far for one in outlooks.values()), ZERO),
        committed=sum((one.committed for one in outlooks.values()), ZERO),
        expected=sum((one.expected for one in outlooks.values()), ZERO),
        months=list(_months(outlooks.values(), year)),
    )
    ForecastRow.objects.bulk_create(_rows(made, outlooks))
    _warn(made, view, {**outlooks, _OWN: own, _INVOICED: invoiced}, noted)
    audit.record(scope, "forecast.made", made, expected=str(made.expected))
    return made


#: Keys of what own teams cost and others invoice, which is no subcontract's.
_OWN, _INVOICED = Key(0, "own"), Key(0, "invoice")


def _comes_in(scope: Scope, contract: MunicipalContract, view: View) -> Decimal:
    """The budget of the year, and what is paid by the unit: so far, and as lately to its end."""
    budget: Decimal = budget_of(scope, contract, view.year).table.total
    by_month = paid_by_unit(scope, contract, view.year)
    if not by_month:
        return budget
    last = max(by_month)
    recent = [by_month[month] for month in sorted(by_month)[-USE_MONTHS:]]
    average = round_cents(sum(recent, ZERO) / len(recent))
    return budget + sum(by_month.values(), ZERO) + average * (12 - last.month)


def _months(outlooks: Iterable[Outlook], year: int) -> Iterable[tuple[str, str, str]]:
    rows = list(outlooks)
    for month in Period(date(year, 1, 1), date(year, 12, 31)).months():
        known = sum((one.declared.get(month, ZERO) for one in rows), ZERO)
        all_of_it = sum((one.in_month(month) for one in rows), ZERO)
        yield str(month), str(known), str(all_of_it - known)


def _rows(made: Forecast, outlooks: Mapping[Key, Outlook]) -> list[ForecastRow]:
    return [
        ForecastRow(
            main_contractor_id=made.main_contractor_id,
            forecast=made,
            subcontract_id=key.subcontract,
            form=key.form,
            product_id=key.product or None,
            municipality_id=key.municipality or None,
            is_exempt=key.is_exempt,
            declared=one.so_far,
            committed=one.committed,
            running=sum(one.running.values(), ZERO),
            begins=sum(one.begins.values(), ZERO),
            years=one.years,
        )
        for key, one in sorted(outlooks.items())
    ]


@dataclass(frozen=True)
class _Passed:
    """A limit that is passed."""

    kind: Kind
    subcontract: int | None
    limit: Decimal
    outlooks: list[Outlook]


def _warn(
    made: Forecast, view: View, outlooks: Mapping[Key, Outlook], noted: list[ForecastWarning]
) -> None:
    lately = view.lately(USE_MONTHS)
    now, before = measured(view, lately), measured(view, view.before(lately))
    ForecastWarning.objects.bulk_create(
        _warning(made, passed, month, _drivers(passed.subcontract, before, now), noted)
        for passed in _passed(made, outlooks)
        if (month := reached(passed.limit, passed.outlooks, made.year))
    )


def _passed(made: Forecast, outlooks: Mapping[Key, Outlook]) -> Iterable[_Passed]:
    """Ceilings, for which exempt care and the fee that is kept do not count, and the budget."""
    counted: defaultdict[int, list[Outlook]] = defaultdict(list)
    for key, one in outlooks.items():
        if not key.is_exempt and key.form != FundingLine.Form.MARGIN:
            counted[key.subcontract].append(one)
    contracts = Subcontract.objects.filter(pk__in=counted).prefetch_related("ceilings")
    for subcontract in contracts.order_by("pk"):
        # What is expected of the whole year is held against what its end will allow.
        ceiling = subcontract.ceiling_on(date(made.year, 12, 31))
        if ceiling is not None:
            rows = counted[subcontract.pk]
            yield _Passed(Kind.CEILING, subcontract.pk, ceiling, rows)
    if made.comes_in > 0:
        yield _Passed(Kind.BUDGET, None, made.comes_in, list(outlooks.values()))


def _drivers(
    subcontract: int | None,
    before: Mapping[int, Mapping[int, Measured]],
    now: Mapping[int, Mapping[int, Measured]],
) -> dict[int, Driver]:
    """By product, of one subcontract or of all together."""
    which = [subcontract] if subcontract else sorted({*before, *now})
    total: defaultdict[int, Driver] = defaultdict(Driver)
    for pk in which:
        for product, one in drivers(before.get(pk, {}), now.get(pk, {})).items():
            total[product] += one
    return dict(total)


def _warning(
    made: Forecast,
    passed: _Passed,
    month: Month,
    by_product: Mapping[int, Driver],
    noted: list[ForecastWarning],
) -> ForecastWarning:
    driver = together(by_product)
    sign = 1 if driver.total >= 0 else -1
    most = max(by_product, key=lambda pk: by_product[pk].total * sign, default=None)
    known = [
        one
        for one in noted
        if (one.kind, one.subcontract_id) == (passed.kind, passed.subcontract)
        and one.reached_in <= month.first
    ]
    note = known[0] if known else ForecastWarning()
    return ForecastWarning(
        main_contractor_id=made.main_contractor_id,
        forecast=made,
        kind=passed.kind,
        subcontract_id=passed.subcontract,
        limit=passed.limit,
        expected=sum((one.expected for one in passed.outlooks), ZERO),
        reached_in=month.first,
        clients=driver.clients,
        use=driver.use,
        price=driver.price,
        product_id=most,
        note=note.note,
        noted_by_id=note.noted_by_id,
        noted_at=note.noted_at,
    )


@transaction.atomic
def note(*, scope: Scope, warning: ForecastWarning, text: str) -> ForecastWarning:
    """Say what is done about a warning. Raises RuleError BIL-228 for nothing."""
    policies.check_can_forecast(scope, warning.main_contractor_id)
    if not text.strip():
        raise RuleError("BIL-228", _("Write down what you do about it."))
    row = ForecastWarning.objects.visible_to(scope).select_for_update().get(pk=warning.pk)
    row.note, row.noted_by_id, row.noted_at = text.strip(), scope.user_id, scope.at
    row.save(update_fields=["note", "noted_by", "noted_at"])
    audit.record(scope, "forecast_warning.noted", row)
    return row


def contracts_to_forecast(scope: Scope) -> list[MunicipalContract]:
    """Contracts that run today, of every main contractor that this scope sees."""
    return list(MunicipalContract.objects.visible_to(scope).in_force_on(scope.today))
