"""Holds: what is not paid yet, judged per entitlement and released when it is put right.

Judged again as often as one likes: nothing changes while the facts do not. A statement pays for
good what it does not hold: so only what stands on none yet, and what is held, is read and judged.
The length of the history is no part of what that costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Entitlement, FteReport, Hold, UnstatedEntitlement
from billing.rules.explain import Explanation
from billing.services.ceilings import held_above
from billing.services.judged_care import CareFacts
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts.models import FundingLine, Subcontract, Subcontractor

#: Calendar days in which the one who acts is asked to put it right.
DAYS_TO_ACT: Final = 14


@dataclass(frozen=True)
class Reason:
    """Why an entitlement is held, and how much of it."""

    kind: str
    amount_of: Explanation | None
    text: str
    clause: str
    way_out: str
    owner: str = Hold.Owner.SUBCONTRACTOR

    @property
    def held(self) -> Decimal:
        """Euros, of what holds a part."""
        return self.amount_of.amount if self.amount_of else ZERO


@dataclass(frozen=True)
class Facts:
    """What the reasons rest on, read for all entitlements of a subcontractor at once."""

    care: CareFacts
    #: Funding lines and months with an FTE report.
    reported: set[tuple[int, date]]
    #: What lies above a ceiling, by entitlement.
    above: Mapping[int, Explanation]


@transaction.atomic
def refresh(*, scope: Scope, subcontractor: Subcontractor) -> None:
    """Judge what is not on a statement yet, and what is held; release what was put right."""
    # The proofs and their reviews are the quality officer's; the verdict is for all.
    with on_behalf_of(scope, subcontractor.main_contractor_id) as widened:
        Subcontractor.objects.select_for_update(of=("self",)).get(pk=subcontractor.pk)
        _refresh(widened, subcontractor)


def _refresh(scope: Scope, subcontractor: Subcontractor) -> None:
    standing = {
        hold.entitlement_id: hold
        for hold in Hold.objects.open().filter(subcontractor=subcontractor).select_for_update()
    }
    unstated = set(
        UnstatedEntitlement.objects.filter(subcontractor=subcontractor)
        .order_by()
        .values_list("entitlement", flat=True)
    )
    entitlements = _judgeable(unstated | standing.keys())
    known_facts = Facts(
        CareFacts.of(subcontractor, entitlements),
        _reported(entitlements),
        held_above(entitlements, standing, unstated, scope.today),
    )
    new: list[Hold] = []
    for entitlement in entitlements:
        reason = _reason(entitlement, known_facts)
        known = standing.get(entitlement.pk)
        amount = _amount(entitlement, reason)
        if known and reason and (known.amount, known.kind) == (amount, reason.kind):
            continue
        if known:
            _release(scope, known, entitlement, follows=reason is not None)
        if reason and amount:
            new.append(_follow(_hold(scope, entitlement, reason), known))
    audit.record_many(scope, "hold.placed", Hold.objects.bulk_create(new))


def _judgeable(keys: Set[int]) -> list[Entitlement]:
    """The entitlements with these keys of which something may be held."""
    return list(
        Entitlement.objects.filter(
            pk__in=keys,
            amount__gt=0,
            # What was invoiced waited before it became a right; no contract says more.
            invoice_line=None,
        )
        .select_related(
            "funding_line__subcontract", "declared_line", "step", "corrected_by", "settlement"
        )
        .order_by("pk")
    )


def _amount(entitlement: Entitlement, reason: Reason | None) -> object:
    if reason is None:
        return None
    return reason.amount_of.amount if reason.amount_of else entitlement.amount


def _reported(entitlements: Sequence[Entitlement]) -> set[tuple[int, date]]:
    """Funding lines and months with an FTE report."""
    lines = {one.funding_line_id for one in entitlements if one.form == FundingLine.Form.FTE}
    if not lines:
        return set()
    return set(
        FteReport.objects.handed_in()
        .filter(funding_line__in=lines)
        .values_list("funding_line_id", "month")
    )


def _reason(entitlement: Entitlement, facts: Facts) -> Reason | None:
    """What holds it: the whole of it before a part, and of two parts the larger.

    The other part is judged again when the larger one is released.
    """
    if hasattr(entitlement, "corrected_by"):
        return None  # taken back as a whole
    if whole := next(_of_the_whole(entitlement, facts), None):
        return whole
    return max(_of_a_part(entitlement, facts), key=lambda one: one.held, default=None)


def _of_the_whole(entitlement: Entitlement, facts: Facts) -> Iterator[Reason]:
    contract = _contract(entitlement)
    if contract.signed_on is None:
        yield Reason(
            Hold.Kind.UNSIGNED,
            None,
            _("The contract %(number)s is not signed.") % {"number": contract.number},
            _("Signature"),
            _("Sign the contract that you received, or ask for a copy."),
        )
    is_fte_month = entitlement.form == FundingLine.Form.FTE and not _settles(entitlement)
    if is_fte_month and (entitlement.funding_line_id, entitlement.month) not in facts.reported:
        yield Reason(
            Hold.Kind.REPORT_MISSING,
            None,
            _("The FTE report of this month is missing."),
            _("Monthly FTE report"),
            _("Hand in the FTE report of this month."),
        )


def _contract(entitlement: Entitlement) -> Subcontract:
    """The one under which it was earned: what was invoiced is not judged here."""
    if entitlement.funding_line is None:
        raise ValueError("an invoice is paid under no contract")
    return entitlement.funding_line.subcontract


def _settles(entitlement: Entitlement) -> bool:
    """Whether it settles a year, in which reports and requirements were weighed already."""
    return hasattr(entitlement, "settlement")


def _of_a_part(entitlement: Entitlement, facts: Facts) -> Iterator[Reason]:
    if not _settles(entitlement) and (found := facts.care.hold(entitlement)):
        lacking = facts.care.lacking(entitlement)
        yield Reason(
            Hold.Kind.QUALIFICATION,
            found.explanation,
            _("Not shown for these days: %(names)s.")
            % {"names": ", ".join(sorted({one.name for one in lacking}))},
            ", ".join(sorted({one.clause for one in lacking if one.clause})),
            _("Upload a proof that was valid on the days of care. It is then released."),
        )
    if above := facts.above.get(entitlement.pk):
        yield Reason(
            Hold.Kind.CEILING,
            above,
            _("Above the ceiling of contract %(number)s.")
            % {"number": _contract(entitlement).number},
            _("Ceiling (art. 1.5)"),
            _(
                "Agree on a higher ceiling in writing, or record that the care is exempt: crisis"
                " care or a specific allocation."
            ),
            Hold.Owner.MAIN_CONTRACTOR,
        )


def _hold(scope: Scope, entitlement: Entitlement, reason: Reason) -> Hold:
    return Hold(
        main_contractor_id=entitlement.main_contractor_id,
        provider_organisation_id=entitlement.provider_organisation_id,
        subcontractor_id=entitlement.subcontractor_id,
        entitlement=entitlement,
        kind=reason.kind,
        reference=entitlement.reference,
        month=entitlement.month,
        amount=reason.amount_of.amount if reason.amount_of else entitlement.amount,
        reason=reason.text[:300],
        clause=reason.clause[:80],
        way_out=reason.way_out[:300],
        owner=reason.owner,
        due_date=scope.today + timedelta(days=DAYS_TO_ACT),
        explanation=reason.amount_of.as_dict() if reason.amount_of else None,
        recorded_at=scope.at,
    )


def _follow(hold: Hold, before: Hold | None) -> Hold:
    """Where only the amount changed, whoever acts and the day before which stay as they were."""
    if before and before.kind == hold.kind:
        hold.owner, hold.holder_id = before.owner, before.holder_id
        hold.due_date = before.due_date
    return hold


def _release(scope: Scope, hold: Hold, entitlement: Entitlement, *, follows: bool) -> None:
    corrected = hasattr(entitlement, "corrected_by")
    hold.released_at = scope.at
    hold.release_reason = "corrected" if corrected else "changed" if follows else "met"
    hold.save(update_fields=["released_at", "release_reason"])
    audit.record(scope, "hold.released", hold, reason=hold.release_reason)
