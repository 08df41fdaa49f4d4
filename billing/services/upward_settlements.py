"""The year settled with the municipalities: computed as a draft, filled in, locked by a second.

It records what was settled and why. No entitlement, statement or payment follows from it.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing import policies
from billing.models import UpwardSettlement
from billing.rules.upward_settlement import UpwardSettlement as Outcome
from billing.rules.upward_year import Agreed, Figures, over_municipalities, settled
from billing.rules.whatif.frozen import freeze, thaw
from billing.selectors.upward_year import figures_of, not_ready
from hoofdaannemer.accounts.models import User
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract

Status = UpwardSettlement.Status


@transaction.atomic
def begin(
    *, scope: Scope, contract: MunicipalContract, year: int, agreed: Agreed
) -> UpwardSettlement:
    """A draft of the year of a contract; where it was settled before, a correction.

    Raises RuleError BIL-123 where one is open, BIL-124 for a year in which the contract did not
    run, BIL-125 for figures that cannot be settled.
    """
    policies.check_can_settle(scope, contract.main_contractor_id)
    lock_text(f"settle-upward:{contract.pk}:{year}")
    known = UpwardSettlement.objects.visible_to(scope).filter(contract=contract, year=year)
    if known.filter(status=Status.DRAFT).exists():
        raise RuleError("BIL-123", _("This year is being settled already. Go on there."))
    ended = contract.end_date.year if contract.end_date else scope.today.year
    if not contract.start_date.year <= year <= min(ended, scope.today.year):
        raise RuleError("BIL-124", _("The contract did not run in this year. Choose another."))
    figures = figures_of(scope, contract, year)
    made = UpwardSettlement.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        year=year,
        number=known.count() + 1,
        **_computed(scope, agreed, figures, _settled_before(contract, year)),
    )
    audit.record(scope, "upward_settlement.begun", made, year=year)
    return made


@transaction.atomic
def fill_in(*, scope: Scope, settlement: UpwardSettlement, agreed: Agreed) -> UpwardSettlement:
    """Fill in a draft anew, and compute it from what is known now.

    Raises ConflictError for what is locked, RuleError BIL-125.
    """
    policies.check_can_settle(scope, settlement.main_contractor_id)
    row = _locked(scope, settlement)
    figures = figures_of(scope, row.contract, row.year)
    columns = _computed(scope, agreed, figures, _settled_before(row.contract, row.year))
    for column, value in columns.items():
        setattr(row, column, value)
    row.save(update_fields=list(columns))
    audit.record(scope, "upward_settlement.computed", row, outcome=str(row.outcome))
    return row


@transaction.atomic
def lock(*, scope: Scope, settlement: UpwardSettlement) -> UpwardSettlement:
    """Make it final, as somebody else than who filled it in.

    Raises NotAllowedError for who did, ConflictError for what is locked, RuleError BIL-126 with
    what the year still waits for, BIL-127 where figures changed since it was computed.
    """
    row = _locked(scope, settlement)
    policies.check_can_lock_upward(scope, row)
    if waits := not_ready(scope, row.contract, row.year):
        raise RuleError("BIL-126", " ".join([_("This year cannot be settled yet."), *waits]))
    if freeze(figures_of(scope, row.contract, row.year)) != row.figures:
        raise RuleError(
            "BIL-127", _("Figures changed since this was computed. Compute it again first.")
        )
    row.status, row.locked_at = Status.LOCKED, scope.at
    row.locked_by_id = scope.user_id
    row.save(update_fields=["status", "locked_by", "locked_at"])
    audit.record(scope, "upward_settlement.locked", row, amount=str(row.amount))
    return row


def agreed_of(row: UpwardSettlement) -> Agreed:
    """What was filled in."""
    return thaw(Agreed, row.agreed)


def frozen_figures(row: UpwardSettlement) -> Figures:
    """What was read."""
    return thaw(Figures, row.figures)


def _computed(scope: Scope, agreed: Agreed, figures: Figures, before: Decimal) -> dict[str, object]:
    found = _settled(agreed, figures)
    over_municipalities(agreed, figures, found.amount - before)
    return {
        "agreed": freeze(agreed),
        "figures": freeze(figures),
        "adjustment": found.adjustment.as_dict(),
        "returned": found.returned.as_dict(),
        "outcome": found.amount,
        "before": before,
        "amount": found.amount - before,
        "filled_in_by": User.objects.filter(pk=scope.user_id).first(),
        "computed_at": scope.at,
    }


def _settled(agreed: Agreed, figures: Figures) -> Outcome:
    try:
        return settled(agreed, figures)
    except ValueError as error:
        raise RuleError(
            "BIL-125",
            _("Costs lie above nothing, also those of all subcontractors together."),
        ) from error


def _settled_before(contract: MunicipalContract, year: int) -> Decimal:
    locked = UpwardSettlement.objects.filter(contract=contract, year=year, status=Status.LOCKED)
    total: Decimal | None = locked.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def _locked(scope: Scope, settlement: UpwardSettlement) -> UpwardSettlement:
    row = (
        UpwardSettlement.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=settlement.pk)
    )
    if row.status != Status.DRAFT:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row
