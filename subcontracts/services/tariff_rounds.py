"""Tariff rounds until somebody decides: prepared, opened, adjusted and submitted.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import tariff_round_policies as policies
from subcontracts.buildup_policies import check_can_prepare
from subcontracts.models import (
    Subcontract,
    Tariff,
    TariffBuildup,
    TariffChange,
    TariffInvitation,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.selectors.tariff_rounds import Planned, plan

Status = TariffRound.Status


@dataclass(frozen=True, kw_only=True)
class RoundFacts:
    """What is asked, until when, and from when the tariffs would hold."""

    title: str
    effective_date: date
    closes_on: date
    text: str = ""


@transaction.atomic
def prepare(
    *, scope: Scope, main_contractor_id: int, facts: RoundFacts, buildups: Sequence[TariffBuildup]
) -> TariffRound:
    """A draft with one settled build-up for each product.

    Raises RuleError CON-110 for a closing day that has passed or does not lie before the day from
    which the tariffs hold, CON-111 for no build-up, one that was not settled, or two of a product.
    """
    check_can_prepare(scope, main_contractor_id)
    if facts.closes_on < scope.today or facts.effective_date <= facts.closes_on:
        raise RuleError(
            "CON-110",
            _("Reactions close today or later, and before the day from which the tariffs hold."),
        )
    products = {one.product_id for one in buildups}
    is_settled = all(one.status == TariffBuildup.Status.SETTLED for one in buildups)
    if not buildups or not is_settled or len(products) < len(buildups):
        raise RuleError("CON-111", _("Choose one settled version for each product."))
    row = TariffRound.objects.create(
        main_contractor_id=main_contractor_id,
        **asdict(facts),
        prepared_by_id=scope.user_id,
        prepared_at=scope.at,
    )
    TariffRoundLine.objects.bulk_create(
        TariffRoundLine(
            main_contractor_id=main_contractor_id,
            round=row,
            product_id=one.product_id,
            proposed=one,
            final=one,
        )
        for one in buildups
    )
    work_out(scope=scope, row=row)
    audit.record(scope, "tariff_round.prepared", row, products=len(buildups))
    return row


@transaction.atomic
def open_round(*, scope: Scope, row: TariffRound) -> TariffRound:
    """Ask every subcontractor that has a product of the round in a running contract.

    Raises RuleError CON-110 once the closing day has passed, CON-112 where nobody has them.
    """
    row = locked(scope, row)
    policies.check_can_open(scope, row)
    asked = (
        Tariff.objects.visible_to(scope)
        .filter(
            product__in=row.lines.values("product"), subcontract__status__in=Subcontract.RUNNING
        )
        .exclude(end_date__lt=scope.today)
        .order_by("subcontract__subcontractor", "product")
        .values_list("product", "subcontract__subcontractor", "provider_organisation")
        .distinct()
    )
    lines = {one.product_id: one for one in row.lines.visible_to(scope)}
    made = TariffInvitation.objects.bulk_create(
        TariffInvitation(
            main_contractor_id=row.main_contractor_id,
            provider_organisation_id=organisation,
            subcontractor_id=subcontractor,
            round=row,
            line=lines[product],
        )
        for product, subcontractor, organisation in asked
    )
    if not made:
        raise RuleError("CON-112", _("No running contract has a tariff for any of these products."))
    row.status, row.opened_at = Status.OPEN, scope.at
    row.save(update_fields=["status", "opened_at"])
    work_out(scope=scope, row=row)
    audit.record(scope, "tariff_round.opened", row, invitations=len(made))
    return row


@transaction.atomic
def extend(*, scope: Scope, row: TariffRound, closes_on: date) -> TariffRound:
    """Let subcontractors react until a later day; also where the closing day has passed.

    Raises RuleError CON-110 for a day that is no later one, or not before the tariffs would hold.
    """
    row = locked(scope, row)
    policies.check_can_extend(scope, row)
    is_later = closes_on > row.closes_on and closes_on >= scope.today
    if not is_later or closes_on >= row.effective_date:
        raise RuleError(
            "CON-110", _("Choose a later day, before the one from which the tariffs hold.")
        )
    row.closes_on = closes_on
    row.save(update_fields=["closes_on"])
    audit.record(scope, "tariff_round.extended", row, closes_on=closes_on.isoformat())
    return row


@transaction.atomic
def adjust(
    *, scope: Scope, line: TariffRoundLine, final: TariffBuildup, explanation: str
) -> TariffRoundLine:
    """Choose the version that is decided about, and say what was done with the reactions.

    Raises RuleError CON-111 for a version of another product or one that was not settled, CON-115
    while subcontractors may still react.
    """
    row = locked(scope, line.round)
    policies.check_is_closed(scope, row)
    line = TariffRoundLine.objects.visible_to(scope).get(pk=line.pk)
    is_fit = final.product_id == line.product_id and final.status == TariffBuildup.Status.SETTLED
    if not is_fit:
        raise RuleError("CON-111", _("Choose one settled version for each product."))
    line.final, line.explanation = final, explanation
    line.save(update_fields=["final", "explanation"])
    work_out(scope=scope, row=row)
    audit.record(scope, "tariff_round.changed", row, line=line.pk, buildup=final.pk)
    return line


@transaction.atomic
def submit(*, scope: Scope, row: TariffRound) -> TariffRound:
    """Lay the round before the second person, as it is worked out now.

    Raises RuleError CON-115 while subcontractors may still react, CON-114 where a reaction that
    is no mere agreement was not answered or its line says nothing of what was done with it.
    """
    row = locked(scope, row)
    policies.check_is_closed(scope, row)
    others = TariffReaction.objects.visible_to(scope).filter(line__round=row)
    others = others.exclude(stance=TariffReaction.Stance.AGREE)
    if others.filter(answered_at=None).exists() or others.filter(line__explanation="").exists():
        raise RuleError(
            "CON-114",
            _(
                "Answer every other value and comment first, and say at each product what you did"
                " with them."
            ),
        )
    work_out(scope=scope, row=row)
    row.status, row.submitted_by_id, row.submitted_at = Status.SUBMITTED, scope.user_id, scope.at
    row.save(update_fields=["status", "submitted_by", "submitted_at"])
    audit.record(scope, "tariff_round.submitted", row)
    return row


@transaction.atomic
def take_back(*, scope: Scope, row: TariffRound) -> TariffRound:
    """Take a round back from the second person, to adjust it."""
    row = locked(scope, row)
    policies.check_can_take_back(scope, row)
    row.status, row.submitted_by_id, row.submitted_at = Status.OPEN, None, None
    row.save(update_fields=["status", "submitted_by", "submitted_at"])
    audit.record(scope, "tariff_round.sent_back", row)
    return row


@transaction.atomic
def withdraw(*, scope: Scope, row: TariffRound) -> TariffRound:
    """Give a round up before it is decided; no tariff was changed by it."""
    row = locked(scope, row)
    policies.check_can_withdraw(scope, row)
    row.status = Status.WITHDRAWN
    row.save(update_fields=["status"])
    audit.record(scope, "tariff_round.withdrawn", row)
    return row


def work_out(*, scope: Scope, row: TariffRound) -> None:
    """Write what the round does to every contract, in the place of what was worked out before."""
    policies.check_can_work_out(scope, row)
    TariffChange.objects.visible_to(scope).filter(round=row).delete()
    TariffChange.objects.bulk_create(
        (_change(row, one) for one in plan(scope, row)), batch_size=1000
    )


def _change(row: TariffRound, one: Planned) -> TariffChange:
    return TariffChange(
        main_contractor_id=row.main_contractor_id,
        round=row,
        line=one.line,
        subcontract_id=one.tariff.subcontract_id,
        tariff=one.tariff,
        old_amount=one.tariff.amount,
        old_end_date=one.tariff.end_date,
        new_amount=one.change.new,
        left_out=one.change.left_out.value if one.change.left_out else "",
        yearly_old=one.yearly_old,
        yearly_new=one.yearly_new,
    )


def locked(scope: Scope, row: TariffRound) -> TariffRound:
    """The round, and with it all deciding about this main contractor's tariffs."""
    MainContractor.objects.select_for_update(of=("self",)).get(pk=row.main_contractor_id)
    rounds = TariffRound.objects.visible_to(scope).select_for_update(of=("self",))
    return rounds.get(pk=row.pk)
