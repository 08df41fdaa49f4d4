"""Indications of the main contractor's own: recorded by who looks after care, and ended earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from billing import policies
from billing.models import Indication, InvoiceLine, InvoicingParty
from billing.rules.received import EUROS
from billing.services import judging_invoices
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, on_behalf_of
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import Allocation, Client, Product


@dataclass(frozen=True, kw_only=True)
class IndicationFacts:
    """What was decided; `volume` in units of the product, price and budget in euros."""

    reference: str
    kind: Indication.Kind
    client: Client
    product: Product
    start_date: date
    end_date: date | None = None
    allocation: Allocation | None = None
    volume: Decimal | None = None
    per: Indication.Per = Indication.Per.TERM
    price: Decimal | None = None
    budget: Decimal | None = None


@transaction.atomic
def record(*, scope: Scope, party: InvoicingParty, facts: IndicationFacts) -> Indication:
    """Record what a party may deliver to a client. Invoices that waited for it go on at once.

    Raises NotAllowedError for anybody but a care coordinator or contract manager, RuleError INV-25
    for bounds that are none, or an allocation of other care, INV-26 where the reference is in use.
    """
    policies.check_can_record_indication(scope, party.main_contractor_id)
    party = (
        InvoicingParty.objects.visible_to(scope)
        .select_related("subcontractor")
        .select_for_update(of=("self",))
        .get(pk=party.pk)
    )
    reference = clean_reference(facts.reference)
    _check(scope, facts, reference)
    known = Indication.objects.visible_to(scope).filter(
        main_contractor=party.main_contractor_id, reference=reference
    )
    if known.exists():
        raise RuleError("INV-26", _("This reference is that of another indication."))
    row = Indication.objects.create(
        **{
            **_as_columns(facts),
            "reference": reference,
            "main_contractor_id": party.main_contractor_id,
            "subcontractor": party.subcontractor,
            "recorded_by_id": scope.user_id or None,
            "recorded_at": scope.at,
        }
    )
    audit.record(scope, "indication.recorded", row, kind=row.kind)
    _judge_again(scope, row)
    return row


@transaction.atomic
def end(*, scope: Scope, indication: Indication, last_day: date) -> Indication:
    """Let it end earlier than it would have.

    Raises NotAllowedError as `record` does, RuleError INV-27 for a day outside it, or before care
    that was accepted.
    """
    policies.check_can_record_indication(scope, indication.main_contractor_id)
    row = Indication.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=indication.pk)
    if last_day < row.start_date or (row.end_date and last_day >= row.end_date):
        raise RuleError(
            "INV-27", _("Choose a day within the indication, before the day on which it ends.")
        )
    with on_behalf_of(scope, row.main_contractor_id):
        accepted = InvoiceLine.objects.standing().filter(indication=row)
        latest = accepted.aggregate(day=Max("end_date"))["day"]
    if latest and latest > last_day:
        raise RuleError(
            "INV-27",
            _("Care up to and including %(day)s was accepted. Choose that day, or a later one.")
            % {"day": date_nl(latest)},
        )
    row.end_date = last_day
    row.save(update_fields=["end_date"])
    audit.record(scope, "indication.ended", row, day=last_day.isoformat())
    return row


def clean_reference(text: str) -> str:
    """In capitals and without spaces: one reference is one indication, however it is written."""
    return "".join(text.split()).upper()


def _as_columns(facts: IndicationFacts) -> dict[str, object]:
    """The fields with their rows as they are."""
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def _check(scope: Scope, facts: IndicationFacts, reference: str) -> None:
    if not reference:
        raise RuleError("INV-25", _("Fill in a reference, which the party writes on its invoices."))
    if facts.end_date and facts.end_date < facts.start_date:
        raise RuleError("INV-25", _("The last day lies before the first."))
    if facts.product.unit == EUROS and facts.budget is None:
        raise RuleError(
            "INV-25", _("This product is counted in euros: fill in the amount at most.")
        )
    if facts.product.unit != EUROS and facts.price is None:
        raise RuleError("INV-25", _("Fill in the price at most of one unit."))
    allocation = facts.allocation
    if allocation is None:
        return
    is_same = (
        Allocation.objects.visible_to(scope)
        .live()
        .filter(pk=allocation.pk, client=facts.client, family=facts.product.family)
        .exists()
    )
    is_product = allocation.product_id in (None, facts.product.pk)
    is_within = allocation.start_date <= facts.start_date and (
        allocation.end_date is None
        or (facts.end_date is not None and facts.end_date <= allocation.end_date)
    )
    if not (is_same and is_product and is_within):
        raise RuleError(
            "INV-25",
            _("The allocation is not of this client, product and period. Choose another, or none."),
        )


def _judge_again(scope: Scope, row: Indication) -> None:
    """Invoices are not read by who looks after care; that they wait is the administration's."""
    with on_behalf_of(scope, row.main_contractor_id) as widened:
        judging_invoices.judge_waiting(scope=widened, subcontractor_id=row.subcontractor_id)
