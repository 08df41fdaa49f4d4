"""Deciding about an index round, and undoing that before it takes effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import index_policies as policies
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    IndexRound,
    IndexRoundLine,
    Tariff,
)
from subcontracts.rules.funding_parameters import INDEXED
from subcontracts.rules.funding_roles import indexed_roles
from subcontracts.selectors.index_plans import plan
from subcontracts.services import index_ceilings, index_letters
from subcontracts.services.tariff_steps import TariffStep, step

_TAKEN_OUT = IndexRoundLine.Reason.TAKEN_OUT
#: What a line says of a contract: subcontract, tariff, funding line, ceiling, old, last day, new,
#: why not.
Fact = tuple[int, int | None, int | None, int | None, Decimal, date | None, Decimal | None, str]


@transaction.atomic
def decide(*, scope: Scope, row: IndexRound) -> IndexRound:
    """Let every tariff and amount of the round end the day before, and its successor begin; so
    does another ceiling where it takes part.

    Letters to the subcontractors are issued with it. Raises NotAllowedError for who prepared the
    round, RuleError IDX-03 once its day has come, IDX-04 where nothing takes part, ConflictError
    where a contract, figure or scheme changed since it was prepared.
    """
    row = _locked(scope, row)
    policies.check_can_decide(scope, row)
    tariffs, funding_lines, ceilings = _locked_amounts(scope, row)
    if _changed(scope, row):
        raise ConflictError(
            _(
                "A tariff, contract, figure or scheme changed since this round was prepared."
                " Withdraw it and prepare a new one."
            )
        )
    if not (tariffs or funding_lines or ceilings):
        raise RuleError("IDX-04", _("Nothing takes part in this round."))
    row.status, row.decided_by_id, row.decided_at = row.Status.DECIDED, scope.user_id, scope.at
    try:
        with transaction.atomic():
            _apply_tariffs(scope, row, tariffs)
            _apply_lines(scope, row, funding_lines)
            index_ceilings.apply(scope, row, ceilings)
    except IntegrityError as error:
        raise ConflictError(
            _("One of these tariffs or amounts was changed or indexed meanwhile. Prepare anew.")
        ) from error
    row.save(update_fields=["status", "decided_by", "decided_at"])
    count = len(tariffs) + len(funding_lines) + len(ceilings)
    audit.record(scope, "index_round.decided", row, lines=count)
    index_letters.issue(scope=scope, row=row)
    return row


def _locked(scope: Scope, row: IndexRound) -> IndexRound:
    """The round, and with it all deciding about this main contractor's rounds."""
    MainContractor.objects.select_for_update(of=("self",)).get(pk=row.main_contractor_id)
    rounds = IndexRound.objects.visible_to(scope).select_for_update(of=("self",))
    return rounds.get(pk=row.pk)


def _locked_amounts(
    scope: Scope, row: IndexRound
) -> tuple[list[IndexRoundLine], list[IndexRoundLine], list[IndexRoundLine]]:
    """The lines that take part, with contracts whose ceiling changes, tariffs and funding lines
    locked in the order of keys.
    """
    lines = (
        row.lines.visible_to(scope)
        .taking_part()
        .select_related("tariff", "funding_line", "ceiling", "subcontract", "basis")
    )
    found = list(lines.order_by("pk"))
    tariffs = [one for one in found if one.tariff is not None]
    funding_lines = [one for one in found if one.funding_line is not None]
    ceilings = [one for one in found if one.ceiling is not None]
    index_ceilings.lock(one.subcontract_id for one in ceilings)
    lock_amounts([one.tariff_id for one in tariffs], [one.funding_line_id for one in funding_lines])
    return tariffs, funding_lines, ceilings


def lock_amounts(tariffs: Iterable[int | None], funding_lines: Iterable[int | None]) -> None:
    """Let nobody change these until the transaction ends; locked in the order of their keys."""
    for model, ids in ((Tariff, tariffs), (FundingLine, funding_lines)):
        locked = model._default_manager.filter(pk__in=[pk for pk in ids if pk])
        list(locked.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _changed(scope: Scope, row: IndexRound) -> bool:
    """Whether the same round, prepared now, would say something else."""
    now: set[Fact] = {
        (
            one.subcontract.pk,
            one.tariff.pk if one.tariff else None,
            one.funding_line.pk if one.funding_line else None,
            one.ceiling.pk if one.ceiling else None,
            one.line.of.amount,
            one.line.of.period.end,
            one.line.new,
            one.line.left_out.value if one.line.left_out else "",
        )
        for one in plan(
            scope, row.main_contractor_id, row.effective_date, with_ceilings=row.has_ceilings
        )
    }
    then: set[Fact] = {
        (
            one.subcontract_id,
            one.tariff_id,
            one.funding_line_id,
            one.ceiling_id,
            one.old_amount,
            one.old_end_date,
            one.new_amount,
            "" if one.left_out == _TAKEN_OUT else one.left_out,
        )
        for one in row.lines.visible_to(scope)
    }
    return now != then


def _apply_tariffs(scope: Scope, row: IndexRound, lines: Sequence[IndexRoundLine]) -> None:
    steps = [
        TariffStep(line.tariff, _new_amount(line), line.old_end_date)
        for line in lines
        if line.tariff
    ]
    made = step(scope=scope, verb="tariff.indexed", day=row.effective_date, steps=steps)
    for line, new in zip(lines, made, strict=True):
        line.new_tariff, line.is_applied = new, True
    IndexRoundLine.objects.bulk_update(lines, ["new_tariff", "is_applied"], batch_size=1000)


def _apply_lines(scope: Scope, row: IndexRound, lines: Sequence[IndexRoundLine]) -> None:
    old = [line.funding_line for line in lines if line.funding_line]
    made = FundingLine.objects.bulk_create(
        FundingLine(
            main_contractor_id=one.main_contractor_id,
            provider_organisation_id=one.provider_organisation_id,
            subcontract_id=one.subcontract_id,
            name=one.name,
            form=one.form,
            parameters=_indexed(line, one),
            start_date=row.effective_date,
            end_date=line.old_end_date,
        )
        for line, one in zip(lines, old, strict=True)
    )
    successor = {one.pk: new for one, new in zip(old, made, strict=True)}
    products = list(FundingLineProduct.objects.filter(funding_line__in=successor).order_by("pk"))
    eve = row.effective_date - timedelta(days=1)
    FundingLineProduct.objects.filter(funding_line__in=successor).update(end_date=eve)
    FundingLine.objects.filter(pk__in=successor).update(end_date=eve)
    FundingLineProduct.objects.bulk_create(
        FundingLineProduct(
            main_contractor_id=one.main_contractor_id,
            provider_organisation_id=one.provider_organisation_id,
            funding_line=successor[one.funding_line_id],
            subcontract_id=one.subcontract_id,
            product_id=one.product_id,
            start_date=row.effective_date,
            end_date=one.end_date,
        )
        for one in products
    )
    for line, new in zip(lines, made, strict=True):
        line.new_line, line.is_applied = new, True
    IndexRoundLine.objects.bulk_update(lines, ["new_line", "is_applied"], batch_size=1000)
    audit.record_each(
        scope,
        "funding_line.indexed",
        [(new, {"amount": new.parameters[INDEXED[new.form]]}) for new in made],
    )


def _indexed(line: IndexRoundLine, old: FundingLine) -> dict[str, object]:
    """The parameters with the new amount, and with it the price of each role."""
    # Amounts among the parameters are strings with two decimals.
    amount = {INDEXED[old.form]: f"{_new_amount(line):.2f}"}
    roles = indexed_roles(old.parameters, line.basis.percent) if line.basis else {}
    return {**old.parameters, **amount, **roles}


def _new_amount(line: IndexRoundLine) -> Decimal:
    if line.new_amount is None:
        raise ValueError("the database keeps a line out that takes part without a new amount")
    return line.new_amount
