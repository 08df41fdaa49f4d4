"""Who may deliver an allocation: contract, tariff, qualification, waiting time, room, reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from types import MappingProxyType

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, on_behalf_of
from subcontracts import gates
from subcontracts.funding_words import cost_text
from subcontracts.models import (
    Allocation,
    DeliveryStart,
    FundingLine,
    FundingLineProduct,
    Product,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules.parts import Share
from subcontracts.selectors import client_stops, consents
from subcontracts.selectors.division import AGAINST, breaking, refuses
from subcontracts.selectors.placed import whole_of
from subcontracts.words import tariff_text

#: Starts of this many days back count for the waiting time.
WAITING_DAYS = 90


@dataclass(frozen=True)
class Candidate:
    """One subcontractor or own team on the place page. Amounts in euros, waiting time in days."""

    subcontractor: Subcontractor
    subcontract: Subcontract | None = None
    line: FundingLine | None = None
    tariff: Tariff | None = None
    waiting_days: int | None = None
    #: Ceiling minus declared and committed; None where no ceiling was agreed.
    room: Decimal | None = None
    reasons: Sequence[str] = field(default_factory=tuple)
    #: What speaks against it and stops nothing.
    notes: Sequence[str] = ()

    @property
    def is_eligible(self) -> bool:
        return not self.reasons

    @property
    def price(self) -> str:
        """What the care would cost, in words; empty where nothing was agreed."""
        if self.line and self.line.form != FundingLine.Form.PXQ:
            return cost_text(self.line)
        if self.tariff:
            return tariff_text(self.tariff.amount, self.tariff.unit)
        if self.line:
            return str(self.line.get_form_display())
        return _("own team") if self.subcontractor.is_own_team else ""


def candidates(
    scope: Scope,
    allocation: Allocation,
    left: Share | None = None,
    product: Product | None = None,
) -> list[Candidate]:
    """Everybody who works for the main contractor, those who may deliver it first.

    Judged as `placements.place` does, for what is `left` of the allocation: without it, for the
    whole. `product` for an allocation that names none. A fixed number of queries,
    whatever their number.
    """
    wanted = allocation.product or product
    care = left or whole_of(allocation)
    first_day = care.period.start
    everybody = list(
        Subcontractor.objects.visible_to(scope)
        .filter(main_contractor=allocation.main_contractor_id)
        .in_force_on(max(first_day, scope.today))
        .select_related("provider_organisation")
    )
    if wanted is None:
        return [Candidate(one, reasons=[_("Choose a product first.")]) for one in everybody]
    asked = Asked(
        allocation.main_contractor_id,
        allocation.municipal_contract_id,
        wanted,
        first_day,
        is_sealed=allocation.client.is_sealed,
        client_id=allocation.client_id,
        municipality=allocation.municipality.code,
    )
    facts = _Facts(scope, asked, everybody)
    facts.waiting = waiting_times(scope, allocation.main_contractor_id)
    found = _noted(scope, allocation, care, [facts.candidate(one) for one in everybody])
    return sorted(
        found,
        key=lambda one: (
            not one.is_eligible,
            one.waiting_days is None,
            one.waiting_days or 0,
            str(one.subcontractor),
        ),
    )


def _noted(
    scope: Scope, allocation: Allocation, care: Share, found: Sequence[Candidate]
) -> list[Candidate]:
    """With what goes against the division that was agreed; a reason where the contract refuses."""
    contract = allocation.municipal_contract
    tariffs = {one.subcontract.pk: one.tariff for one in found if one.subcontract}
    broken = breaking(scope, contract, care, tariffs)
    if not broken:
        return list(found)
    is_refused, text = refuses(scope, contract), str(AGAINST)

    def noted(one: Candidate) -> Candidate:
        if one.subcontract is None or one.subcontract.pk not in broken:
            return one
        if is_refused:
            return replace(one, reasons=[*one.reasons, text])
        return replace(one, notes=[*one.notes, text])

    return [noted(one) for one in found]


@dataclass(frozen=True)
class Asked:
    """Which care is to be placed: under which municipal contract, what, and from which day."""

    main_contractor_id: int
    municipal_contract_id: int
    product: Product
    day: date
    #: Of a client whose data may not be passed on.
    is_sealed: bool = False
    #: Who it is about; empty where it is about several, so that client stops are asked apart.
    client_id: int | None = None
    #: Code of the municipality that pays; empty where it is about several.
    municipality: str = ""


def judged(scope: Scope, asked: Asked, ones: Sequence[Subcontractor]) -> dict[int, Candidate]:
    """The same for these few, by primary key.

    Without waiting times. A fixed number of queries.
    """
    facts = _Facts(scope, asked, ones)
    return {one.pk: facts.candidate(one) for one in ones}


def _without_consent(
    scope: Scope, asked: Asked, day: date, subcontracts: Sequence[Subcontract]
) -> dict[int, str]:
    """To which of them the municipality did not agree for this care, by key."""
    if not subcontracts:
        return {}
    return consents.refusals(
        scope,
        subcontracts[0].municipal_contract,
        subcontracts,
        day,
        product=asked.product.pk,
        municipality=asked.municipality,
    )


class _Facts:
    """Everything about all candidates, read once."""

    waiting: Mapping[int, int] = MappingProxyType({})

    def __init__(
        self,
        scope: Scope,
        asked: Asked,
        everybody: Sequence[Subcontractor],
    ) -> None:
        product, day = asked.product, asked.day
        self.day, self.is_sealed = day, asked.is_sealed
        running = (
            Subcontract.objects.running_on(day)
            .filter(
                main_contractor=asked.main_contractor_id,
                municipal_contract=asked.municipal_contract_id,
                subcontractor__in=everybody,
            )
            .select_related("provider_organisation", "municipal_contract")
            .prefetch_related("ceilings")
            .order_by("start_date", "pk")
        )
        self.subcontracts = {row.subcontractor_id: row for row in running}
        ids = [row.pk for row in self.subcontracts.values()]
        of_product = {"subcontract__in": ids, "product": product}
        self.lines = {
            row.subcontract_id: row.funding_line
            for row in FundingLineProduct.objects.in_force_on(day)
            .filter(**of_product)
            .select_related("funding_line")
        }
        self.tariffs = {
            row.subcontract_id: row for row in Tariff.objects.in_force_on(day).filter(**of_product)
        }
        self.on = on = max(day, scope.today)
        self.refusals = gates.refusals_of_many(everybody, product, on)
        self.client_id = asked.client_id
        self.kept_out = client_stops.kept_out(ids, product, [asked.client_id], on)
        self.without_consent = _without_consent(scope, asked, on, list(self.subcontracts.values()))
        # Room is for everybody who places; what it is made of is for who handles money.
        with on_behalf_of(scope, asked.main_contractor_id):
            self.spent = gates.spent(ids, on.year, scope.today)

    def candidate(self, one: Subcontractor) -> Candidate:
        subcontract = self.subcontracts.get(one.pk)
        line = self.lines.get(subcontract.pk) if subcontract else None
        tariff = self.tariffs.get(subcontract.pk) if subcontract else None
        reasons = self._reasons(one, subcontract, line, tariff)
        return Candidate(
            subcontractor=one,
            subcontract=subcontract,
            line=line,
            tariff=tariff,
            waiting_days=self.waiting.get(one.pk),
            room=self._room(subcontract),
            reasons=[*reasons, *(refusal.text for refusal in self.refusals[one.pk])],
        )

    def _reasons(
        self,
        one: Subcontractor,
        subcontract: Subcontract | None,
        line: FundingLine | None,
        tariff: Tariff | None,
    ) -> list[str]:
        if not Period(one.start_date, one.end_date).contains(self.day):
            return [_("Does not work for us on the start date yet.")]
        if one.is_own_team:
            return []
        if self.is_sealed:
            return [_("The data of this client may not be passed on.")]
        if subcontract is None:
            return [_("No running contract on the start date.")]
        if line is None:
            return [_("The contract does not cover this product.")]
        if line.form == FundingLine.Form.PXQ and tariff is None:
            return [_("No tariff for this product on the start date.")]
        if refused := self.without_consent.get(subcontract.pk):
            return [refused]
        kept_out = self.kept_out.get((subcontract.pk, self.client_id))
        return [kept_out] if kept_out else []

    def _room(self, subcontract: Subcontract | None) -> Decimal | None:
        ceiling = subcontract.ceiling_on(self.on) if subcontract else None
        if subcontract is None or ceiling is None:
            return None
        return ceiling - self.spent.get(subcontract.pk, Decimal(0))


def waiting_times(scope: Scope, main_contractor_id: int) -> dict[int, int]:
    """Median days from receipt of the allocation to the start of care, by subcontractor.

    Of care that began in the last 90 days; care that was taken up again began before.
    """
    before = DeliveryStart.objects.live().filter(
        placement=OuterRef("placement"), begin_date__lt=OuterRef("begin_date")
    )
    starts = (
        DeliveryStart.objects.visible_to(scope)
        .live()
        .exclude(Exists(before))
        .filter(
            main_contractor=main_contractor_id,
            begin_date__gt=scope.today - timedelta(days=WAITING_DAYS),
            begin_date__lte=scope.today,
        )
        .order_by("placement_id", "begin_date")
        .distinct("placement_id")
        .values_list("placement__subcontractor", "begin_date", "placement__allocation__received_at")
    )
    days = defaultdict(list)
    for subcontractor, begin, received in starts:
        days[subcontractor].append(max(0, (begin - timezone.localdate(received)).days))
    return {pk: round_half_up(median(waited)) for pk, waited in days.items()}


def round_half_up(days: float | int) -> int:
    """Whole days; a median of an even number may end in a half."""
    return int(days + 0.5)
