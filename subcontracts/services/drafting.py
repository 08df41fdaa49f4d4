"""Drafts of subcontracts: changed freely until they are offered, or made like an existing one.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    FundingLine,
    FundingSunset,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.services import (
    cancelling,
    carrying,
    clauses,
    contract_ceilings,
    contracts,
    extensions,
    sunsets,
)
from subcontracts.services.carrying import Carried
from subcontracts.services.contracts import DATED_TERMS, LineTerms, SubcontractTerms, once


@transaction.atomic
def change_terms(*, scope: Scope, subcontract: Subcontract, terms: SubcontractTerms) -> Subcontract:
    """Give a draft other terms; the relay mode has dates of its own.

    The ceiling is the one with which it begins. Raises RuleError CON-27 once it was offered,
    CON-24, CON-59 or CON-190 where a line, clause or later ceiling would lie outside it, CON-31 for
    a number in use.
    """
    subcontract = _draft(scope, subcontract)
    old_start = subcontract.start_date
    values = {name: value for name, value in asdict(terms).items() if name not in DATED_TERMS}
    for name, value in values.items():
        setattr(subcontract, name, value)
    for line in subcontract.funding_lines.all():
        contracts.check_within(subcontract, Period(line.start_date, line.end_date))
    for clause in subcontract.clauses.all():
        clauses.check_within(subcontract, clause.start_date)
    with once("CON-31", _("This contract number is in use. Choose another one.")):
        subcontract.save(update_fields=list(values))
    contract_ceilings.begin_with(scope, subcontract, terms.ceiling, old_start)
    audit.record(scope, "subcontract.changed", subcontract, number=subcontract.number)
    return subcontract


@transaction.atomic
def change_line(*, scope: Scope, line: FundingLine, terms: LineTerms) -> FundingLine:
    """Put another funding line in the place of one of a draft. Raises as `add_funding_line`."""
    subcontract = _draft(scope, line.subcontract)
    remove_line(scope=scope, line=line)
    return contracts.add_funding_line(scope=scope, subcontract=subcontract, line=terms)


@transaction.atomic
def remove_line(*, scope: Scope, line: FundingLine) -> None:
    """Take a funding line out of a draft. Raises RuleError CON-27 once it was offered."""
    _draft(scope, line.subcontract)
    audit.record(scope, "funding_line.removed", line, form=line.form)
    cancelling.let_go_of_sunsets(FundingLine.objects.filter(pk=line.pk))
    line.line_products.all().delete()
    line.delete()


@transaction.atomic
def remove_tariff(*, scope: Scope, tariff: Tariff) -> None:
    """Take a tariff out of a draft. Raises RuleError CON-27 once it was offered."""
    _draft(scope, tariff.subcontract)
    audit.record(scope, "tariff.removed", tariff, amount=str(tariff.amount))
    tariff.delete()


@transaction.atomic
def copy(
    *,
    scope: Scope,
    source: Subcontract,
    subcontractor: Subcontractor,
    terms: SubcontractTerms,
    along: Carried | None = None,
) -> Subcontract:
    """Draft a subcontract like another one, under the same municipal contract.

    Lines, tariffs and clauses that hold on its first day, or begin later, come along for as far as
    they fall in its period; those that hold on the first day hold from then on. So do ceilings,
    the first only where `terms` name none. `along`: options and temporary lines, with the days that
    they get; tariffs of such a line move with its days. Raises as `extensions.add` and
    `sunsets.plan` where these cannot be.
    """
    policies.check_can_manage_contracts(scope, source.main_contractor_id)
    made = contracts.create_subcontract(
        scope=scope,
        subcontractor=subcontractor,
        municipal_contract=source.municipal_contract,
        terms=terms,
    )
    whole = Period(terms.start_date, terms.end_date)
    along = along or Carried()
    temporary = _copy_temporary(scope, source, made, along)
    _copy_lines(scope, source, made, temporary, along.left)
    for option in along.options:
        extensions.add(scope=scope, subcontract=made, facts=option)
    _copy_tariffs(scope, source, made, along)
    _copy_clauses(scope, source, made, whole)
    _copy_ceilings(scope, source, made, whole)
    audit.record(scope, "subcontract.copied", made, source=source.pk)
    return made


def _copy_temporary(
    scope: Scope, source: Subcontract, made: Subcontract, along: Carried
) -> dict[int, FundingSunset]:
    """Temporary lines with what follows on them; by key of the line they are like."""
    whole = Period(made.start_date, made.end_date)
    found = {}
    for one in along.lines:
        period = Period(*carrying.new_days(one, source, whole))
        line = contracts.add_funding_line(
            scope=scope, subcontract=made, line=_like(one.line, period)
        )
        found[one.line.pk] = sunsets.plan(scope=scope, line=line, plan=one.plan)
    return found


def _copy_lines(
    scope: Scope,
    source: Subcontract,
    made: Subcontract,
    temporary: Mapping[int, FundingSunset],
    left: Set[int],
) -> None:
    """The others; what goes on after a temporary line begins on the day after it."""
    whole = Period(made.start_date, made.end_date)
    follows = dict(source.sunsets.exclude(next_line=None).values_list("next_line", "line"))
    for line in source.funding_lines.order_by("start_date", "pk"):
        before = temporary.get(follows.get(line.pk, 0))
        if line.pk in temporary or line.pk in left:
            continue
        if before is not None:
            _follow_on(scope, before, line, whole)
        elif shared := carrying.shared(line, source, whole):
            contracts.add_funding_line(scope=scope, subcontract=made, line=_like(line, shared))


def _follow_on(scope: Scope, before: FundingSunset, line: FundingLine, whole: Period) -> None:
    """The line that went on, unless an evaluation is to say first whether one does."""
    first = sunsets.day_after(before.line)
    is_agreed = before.follow_up == FundingSunset.FollowUp.LINE
    if is_agreed and first is not None and whole.contains(first):
        terms = _like(line, Period(first, whole.end))
        sunsets.go_on(scope=scope, sunset=before, terms=terms)


def _like(line: FundingLine, period: Period) -> LineTerms:
    products = [row.product for row in line.line_products.select_related("product")]
    return LineTerms(
        name=line.name,
        form=line.form,
        period=period,
        products=list(dict.fromkeys(products)),
        parameters=line.parameters,
    )


def _copy_tariffs(scope: Scope, source: Subcontract, made: Subcontract, along: Carried) -> None:
    whole = Period(made.start_date, made.end_date)
    # In order of time: an open tariff ends where the next one of its product begins.
    for tariff, days in carrying.tariffs_along(source, whole, along):
        if days:
            contracts.set_tariff(
                scope=scope,
                subcontract=made,
                product=tariff.product,
                amount=tariff.amount,
                period=days,
            )


def _copy_clauses(scope: Scope, source: Subcontract, made: Subcontract, whole: Period) -> None:
    for clause in source.clauses.order_by("code", "start_date"):
        shared = carrying.shared(clause, source, whole)
        # One that ends on the way holds no longer than the contract it was agreed in.
        if shared is not None and shared.end == whole.end:
            facts = clauses.ClauseFacts(
                code=clause.code,
                title=clause.title,
                text=clause.text,
                passes_on=clause.passes_on,
                start_date=shared.start,
            )
            clauses.set_clause(scope=scope, subcontract=made, facts=facts)


def _copy_ceilings(scope: Scope, source: Subcontract, made: Subcontract, whole: Period) -> None:
    """Where none was filled in, the one that holds on the first day; and those that follow."""
    days = {row.start_date for row in source.ceilings.all()}
    first = source.ceiling_on(whole.start)
    if first is not None and made.ceiling_on(whole.start) is None:
        contract_ceilings.add(scope, made, first, whole.start)
    for day in sorted(day for day in days if day > whole.start and whole.contains(day)):
        contract_ceilings.add(scope, made, source.ceiling_on(day), day)


def _draft(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """The draft, locked. Raises RuleError CON-27 for anything else."""
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    rows = Subcontract.objects.select_related("municipal_contract")
    row = rows.select_for_update(of=("self",)).get(pk=subcontract.pk)
    if row.status != Subcontract.Status.DRAFT:
        raise RuleError(
            "CON-27",
            _("This contract was offered, so it does not change. Take the offer back first."),
        )
    return row
