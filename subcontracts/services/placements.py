"""Placements: handing an allocation to a subcontractor or own team, and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, on_behalf_of
from hoofdaannemer.core.working_days import add_working_days
from subcontracts import gates, policies
from subcontracts.models import (
    Allocation,
    Deadline,
    FundingLine,
    FundingLineProduct,
    Placement,
    PlacementProfessional,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules import parts
from subcontracts.selectors import client_stops
from subcontracts.selectors.placed import placed_of, room_of, share_of, whole_of
from subcontracts.selectors.spells import spells_of
from subcontracts.services import clients, deadlines, placed_elsewhere, relaying, telling
from subcontracts.services.locked import locked_allocation

#: Working days to reply for an own team, which has no contract that says so.
OWN_TEAM_REPLY_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of an allocation is placed. Empty: the whole of it."""

    period: Period | None = None
    volume: int | None = None
    budget: Decimal | None = None
    #: Needed where the allocation names no product.
    product: Product | None = None


@transaction.atomic
def place(
    *,
    scope: Scope,
    allocation: Allocation,
    subcontractor: Subcontractor,
    part: Part | None = None,
) -> Placement:
    """Hand an allocation, or a part of it, to a subcontractor or own team.

    The same placement asked for twice is made once. Raises RuleError PLA-01 for a deleted
    allocation, PLA-02 without a running contract, PLA-03 without a funding line, PLA-04 where
    more is placed than allocated, PLA-05 where a gate refuses (such as a lapsed certificate),
    PLA-06 without a tariff, PLA-07 for a client whose data may not be passed on, PLA-08 for days
    outside the allocation, PLA-09 where a product must be chosen, PLA-18 for a new client where a
    client stop holds; ConflictError where somebody else was first.
    """
    allocation = locked_allocation(scope, allocation.pk)
    policies.check_can_place(scope, allocation)
    part = part or Part()
    before = placed_of(allocation)
    if (same := _same(before, allocation, subcontractor, part)) is not None:
        return same
    policies.check_can_place_more(scope, allocation, room_of(allocation, before))
    product, period = checked_part(allocation, part, before)
    check_may_know(allocation, subcontractor)
    subcontract = contract_on(allocation, subcontractor, product, period.start)
    if refused := gates.refusals(subcontractor, product, max(period.start, scope.today)):
        raise RuleError("PLA-05", " ".join(refusal.text for refusal in refused))
    _check_takes_clients(allocation, subcontract, product, max(period.start, scope.today))

    # Where nothing is relayed nobody is asked: what was agreed by word is recorded.
    is_kept = subcontract is not None and (
        subcontract.relay_on(scope.today) == Subcontract.Relay.NONE
    )
    statuses = Placement.Status
    placement = Placement.objects.create(
        **owners_of(subcontractor),
        **content_of(allocation, part, product, period),
        subcontractor=subcontractor,
        subcontract=subcontract,
        number=next_number_of(allocation),
        status=statuses.ACCEPTED if is_kept else statuses.OFFERED,
        offered_at=scope.at,
        replied_at=scope.at if is_kept else None,
        reply_due_date=add_working_days(
            scope.today, subcontract.reply_working_days if subcontract else OWN_TEAM_REPLY_DAYS
        ),
    )
    _recorded(scope, placement)
    placement = relaying.relay(scope=scope, placement=placement, revision="1")
    placed_elsewhere.follow(scope=scope, allocation=allocation)
    return placement


def _recorded(scope: Scope, placement: Placement) -> None:
    clients.give_access(
        scope=scope,
        client=placement.client,
        organisation_id=placement.provider_organisation_id,
    )
    deadlines.meet_allocation(scope=scope, allocation=placement.allocation)
    deadlines.of_offer(scope=scope, placement=placement)
    audit.record(scope, "placement.made", placement, allocation=placement.allocation_id)


def _same(
    placed: list[Placement], allocation: Allocation, subcontractor: Subcontractor, part: Part
) -> Placement | None:
    """A live placement that is exactly what is asked for: a second click."""
    period = part.period or Period(allocation.start_date, allocation.end_date)
    volume = allocation.volume if part.volume is None else part.volume
    for placement in placed:
        if (
            placement.status in Placement.LIVE
            and placement.subcontractor_id == subcontractor.pk
            and (placement.start_date, placement.end_date) == (period.start, period.end)
            and placement.volume == volume
        ):
            return placement
    return None


def checked_part(
    allocation: Allocation, part: Part, before: list[Placement]
) -> tuple[Product, Period]:
    """Which product is placed, and when. Raises RuleError PLA-04, PLA-08, PLA-09."""
    product = _product(allocation, part)
    period = part.period or Period(allocation.start_date, allocation.end_date)
    _check_period(allocation, period)
    _check_whole(allocation, before, part, period)
    return product, period


def _product(allocation: Allocation, part: Part) -> Product:
    product = allocation.product or part.product
    fits = product is not None and (
        product.main_contractor_id == allocation.main_contractor_id
        and product.family == allocation.family
        and product.category == (allocation.category or product.category)
    )
    if product is None or not fits:
        raise RuleError(
            "PLA-09", _("This allocation names no product. Choose one of its category.")
        )
    return product


def _check_period(allocation: Allocation, period: Period) -> None:
    whole = Period(allocation.start_date, allocation.end_date)
    if whole.intersection(period) != period:
        raise RuleError("PLA-08", _("The period must lie within the period of the allocation."))


def _check_whole(
    allocation: Allocation, placed: list[Placement], part: Part, period: Period
) -> None:
    new = parts.Share(period, part.volume, allocation.frequency, part.budget)
    before = [share_of(placement) for placement in placed]
    if not parts.is_exceeded(whole_of(allocation), [*before, new]):
        return
    if before and part.volume is None and part.budget is None:
        raise ConflictError(
            _("This allocation has already been placed. Reload the page to see with whom.")
        )
    raise RuleError("PLA-04", _("More would be placed than the municipality has allocated."))


def check_may_know(allocation: Allocation, subcontractor: Subcontractor) -> None:
    """Raises RuleError PLA-07 for a client whose data stay inside."""
    if allocation.client.is_sealed and not subcontractor.is_own_team:
        raise RuleError(
            "PLA-07",
            _("The data of this client may not be passed on. Only an own team can deliver."),
        )
    if subcontractor.main_contractor_id != allocation.main_contractor_id:
        raise Subcontractor.DoesNotExist


def contract_on(
    allocation: Allocation, subcontractor: Subcontractor, product: Product, day: date
) -> Subcontract | None:
    """The contract under which this may be placed from a day on; none for an own team.

    Raises RuleError PLA-02, PLA-03, PLA-06.
    """
    if not Period(subcontractor.start_date, subcontractor.end_date).contains(day):
        raise RuleError("PLA-02", _("This subcontractor has no running contract on that day."))
    if subcontractor.is_own_team:
        return None
    subcontract = (
        Subcontract.objects.running_on(day)
        .filter(subcontractor=subcontractor, municipal_contract=allocation.municipal_contract_id)
        .prefetch_related("relay_modes")
        .order_by("-start_date", "-pk")
        .first()
    )
    if subcontract is None:
        raise RuleError("PLA-02", _("This subcontractor has no running contract on that day."))
    covered = (
        FundingLineProduct.objects.in_force_on(day)
        .filter(subcontract=subcontract, product=product)
        .select_related("funding_line")
        .first()
    )
    if covered is None:
        raise RuleError("PLA-03", _("The contract has no funding line for this product."))
    if covered.funding_line.form == FundingLine.Form.PXQ:
        tariffs = Tariff.objects.in_force_on(day)
        if not tariffs.filter(subcontract=subcontract, product=product).exists():
            raise RuleError("PLA-06", _("The contract has no tariff for this product."))
    return subcontract


def _check_takes_clients(
    allocation: Allocation, subcontract: Subcontract | None, product: Product, day: date
) -> None:
    if subcontract is None:
        return
    refused = client_stops.kept_out([subcontract.pk], product, [allocation.client_id], day)
    for text in refused.values():
        raise RuleError("PLA-18", text)


def owners_of(subcontractor: Subcontractor) -> dict[str, int]:
    """The owner columns of what a subcontractor or own team delivers."""
    return {
        "main_contractor_id": subcontractor.main_contractor_id,
        "provider_organisation_id": subcontractor.provider_organisation_id,
    }


def content_of(
    allocation: Allocation, part: Part, product: Product, period: Period
) -> dict[str, object]:
    """What is placed, as columns of a placement."""
    return {
        "allocation": allocation,
        "client": allocation.client,
        "product": product,
        "family": allocation.family,
        "start_date": period.start,
        "end_date": period.end,
        "volume": allocation.volume if part.volume is None else part.volume,
        "unit": allocation.unit,
        "frequency": allocation.frequency,
        "budget": allocation.budget if part.budget is None else part.budget,
    }


def next_number_of(allocation: Allocation) -> int:
    """The next number of the agreed range. Raises RuleError PLA-12 where it is used up."""
    contract = allocation.municipal_contract
    # Contracts that share the start of their range share the counter, or numbers would repeat.
    series = f"placement:{allocation.family}:{contract.relay_number_first}"
    number = next_number(allocation.main_contractor_id, series, first=contract.relay_number_first)
    # Care that was taken over from an earlier administration keeps its numbers.
    while _is_taken(allocation, number):
        number = next_number(
            allocation.main_contractor_id, series, first=contract.relay_number_first
        )
    if number > contract.relay_number_last:
        raise RuleError(
            "PLA-12",
            _("The agreed range of allocation numbers is used up. Agree on a new one first."),
        )
    return number


def _is_taken(allocation: Allocation, number: int) -> bool:
    return Placement.objects.filter(
        main_contractor=allocation.main_contractor_id, family=allocation.family, number=number
    ).exists()


@transaction.atomic
def accept(*, scope: Scope, placement: Placement, by_silence: bool = False) -> Placement:
    """The provider takes the client. Raises RuleError PLA-10 where no reply is awaited."""
    placement = _locked(scope, placement)
    policies.check_can_reply(scope, placement)
    placement.status = Placement.Status.ACCEPTED
    placement.replied_at = scope.at
    placement.accepted_by_silence = by_silence
    placement.save(update_fields=["status", "replied_at", "accepted_by_silence"])
    deadlines.meet(scope=scope, placement=placement, kinds=[Deadline.Kind.REPLY])
    audit.record(scope, "placement.accepted", placement, by_silence=by_silence)
    # Who asked for the care, and who else gives some of it, is not the provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        allocation = locked_allocation(office, placement.allocation_id)
        placed_elsewhere.follow(scope=office, allocation=allocation)
    return placement


@transaction.atomic
def decline(*, scope: Scope, placement: Placement, reason: str) -> Placement:
    """The provider does not take the client; it must be placed again.

    Raises RuleError PLA-10 where no reply is awaited, PLA-13 without a reason.
    """
    placement = _locked(scope, placement)
    policies.check_can_reply(scope, placement)
    if not reason.strip():
        raise RuleError("PLA-13", _("Say why you cannot take this client."))
    placement.status = Placement.Status.DECLINED
    placement.replied_at = scope.at
    placement.reply_reason = reason.strip()
    placement.save(update_fields=["status", "replied_at", "reply_reason"])
    audit.record(scope, "placement.declined", placement)
    # Terms towards the municipality, and the allocation that must be placed anew, are not the
    # provider's to see.
    with on_behalf_of(scope, placement.main_contractor_id) as office:
        deadlines.drop(scope=office, placement=placement)
        allocation = locked_allocation(office, placement.allocation_id)
        deadlines.reopen_allocation(scope=office, allocation=allocation)
        telling.fallen_through(scope=office, placement=placement)
    return placement


@transaction.atomic
def withdraw(*, scope: Scope, placement: Placement, reason: str) -> Placement:
    """Take back a placement under which nobody receives care; it must be placed again.

    Raises RuleError PLA-11 where it has ended, PLA-14 while care goes on under it.
    """
    placement = _locked(scope, placement)
    policies.check_can_withdraw(scope, placement, spells_of([placement]))
    relaying.withdrawn(scope=scope, placement=placement, reason=reason)
    allocation = locked_allocation(scope, placement.allocation_id)
    deadlines.reopen_allocation(scope=scope, allocation=allocation)
    telling.fallen_through(scope=scope, placement=placement)
    return placement


@transaction.atomic
def name_professional(
    *, scope: Scope, placement: Placement, professional: Professional, period: Period
) -> PlacementProfessional:
    """Say who delivers, and when.

    Raises RuleError PLA-15 for days outside employment or order, PLA-17 for a placement that was
    declined or withdrawn, PLA-18 for somebody who lacks what blocks new placements.
    """
    placement = _locked(scope, placement)
    policies.check_can_name(scope, placement)
    if professional.provider_organisation_id != placement.provider_organisation_id:
        raise Professional.DoesNotExist
    employed = Period(professional.start_date, professional.end_date)
    ordered = Period(placement.start_date, placement.end_date)
    if employed.intersection(period) != period or ordered.intersection(period) is None:
        raise RuleError(
            "PLA-15", _("The person must be employed on these days, and care must be placed then.")
        )
    of_person = placement.professionals.filter(professional=professional)
    if (known := of_person.filter(start_date=period.start).first()) is not None:
        return known
    lacks = lacks_when_named(scope, placement, professional, period)
    if blocking := [lack.text for lack in lacks if lack.blocks]:
        mend = _("Name somebody else, or hand in the proof first.")
        raise RuleError("PLA-18", " ".join([*blocking, mend]))
    named = PlacementProfessional.objects.create(
        **owners_of(placement.subcontractor),
        placement=placement,
        professional=professional,
        start_date=period.start,
        end_date=period.end,
    )
    signals = sum(not lack.blocks for lack in lacks)
    audit.record(
        scope,
        "placement.professional_named",
        named,
        professional=professional.pk,
        signals=signals,
    )
    return named


def lacks_when_named(
    scope: Scope, placement: Placement, professional: Professional, period: Period
) -> list[gates.Lack]:
    """What the person lacks on the first day, or today where that is one of the days."""
    days = [period.start]
    if period.contains(scope.today) and scope.today != period.start:
        days.append(scope.today)
    found = [
        lack
        for day in days
        for lack in gates.lacks_of(placement.subcontractor, professional, placement.product, day)
    ]
    return list(dict.fromkeys(found))


@transaction.atomic
def end_professional(
    *, scope: Scope, named: PlacementProfessional, last_day: date
) -> PlacementProfessional:
    """A professional no longer delivers this placement after `last_day`."""
    policies.check_is_provider(scope, named.provider_organisation_id)
    named = PlacementProfessional.objects.visible_to(scope).select_for_update().get(pk=named.pk)
    if last_day < named.start_date:
        raise RuleError("PLA-16", _("The last day cannot be before the first."))
    named.end_date = last_day
    named.save(update_fields=["end_date"])
    audit.record(scope, "placement.professional_ended", named, last_day=last_day.isoformat())
    return named


def accept_by_silence(*, scope: Scope) -> int:
    """Accept what nobody replied to before its day; returns how many. For the nightly task."""
    silent = Placement.objects.visible_to(scope).filter(
        status=Placement.Status.OFFERED, reply_due_date__lt=scope.today
    )
    done = 0
    for placement in silent.order_by("pk"):
        try:
            accept(scope=scope, placement=placement, by_silence=True)
        except RuleError:
            continue  # answered between the query and the lock
        done += 1
    return done


def reply_text(placement: Placement, today: date) -> str:
    """How many days are left to reply, as a sentence."""
    days = max(0, (placement.reply_due_date - today).days)
    return ngettext(
        "Reply within %(days)d day. After that the placement counts as accepted.",
        "Reply within %(days)d days. After that the placement counts as accepted.",
        days,
    ) % {"days": days}


def _locked(scope: Scope, placement: Placement) -> Placement:
    return (
        Placement.objects.visible_to(scope)
        .select_related(
            "subcontractor", "subcontract", "provider_organisation", "product", "client"
        )
        .select_for_update(of=("self",))
        .get(pk=placement.pk)
    )
