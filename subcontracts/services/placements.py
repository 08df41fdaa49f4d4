"""Placements: handing an allocation to a subcontractor or own team, and the answer to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.numbering import free_numbers
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, on_behalf_of
from hoofdaannemer.core.working_days import add_working_days
from subcontracts import gates, policies
from subcontracts.models import (
    Allocation,
    Deadline,
    ExchangeTerms,
    MunicipalContract,
    Placement,
    PlacementProfessional,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
    Tariff,
)
from subcontracts.rules import parts
from subcontracts.selectors import client_stops, consents, division
from subcontracts.selectors.exchange_terms import exchange_on
from subcontracts.selectors.placed import placed_of, room_of, share_of, whole_of
from subcontracts.selectors.spells import spells_of
from subcontracts.services import clients, deadlines, placed_elsewhere, relaying, telling
from subcontracts.services.locked import locked_allocation
from subcontracts.services.paying import Contracts

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
    client stop holds, CON-203 for a product that is not in the contract, CON-245 without consent
    of the municipality for this care, CON-242 where it goes against the division with own teams
    that was agreed above and the terms refuse that; ConflictError where somebody else was first.
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
    _check_consent(scope, allocation, subcontract, product, max(period.start, scope.today))
    _check_covered(allocation, product, period.start)
    care = _share(allocation, part, period)
    _check_division(scope, allocation.municipal_contract, subcontract, product, care)

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
        number=next_number_of(allocation, scope.today),
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

    Raises RuleError PLA-02, PLA-03, PLA-06, and CON-230 to CON-232 where the contract pays what was
    allocated and nothing that it can pay was.
    """
    return Contracts([subcontractor.pk], [product.pk]).on(allocation, subcontractor, product, day)


def _check_takes_clients(
    allocation: Allocation, subcontract: Subcontract | None, product: Product, day: date
) -> None:
    if subcontract is None:
        return
    refused = client_stops.kept_out([subcontract.pk], product, [allocation.client_id], day)
    for text in refused.values():
        raise RuleError("PLA-18", text)


def _check_consent(
    scope: Scope,
    allocation: Allocation,
    subcontract: Subcontract | None,
    product: Product,
    day: date,
) -> None:
    """Raises RuleError CON-245 where the municipality must agree and did not, to this care."""
    if subcontract is None:
        return
    refused = consents.refusals(
        scope,
        allocation.municipal_contract,
        [subcontract],
        day,
        product=product.pk,
        municipality=allocation.municipality.code,
    )
    for text in refused.values():
        raise RuleError("CON-245", text)


def _check_covered(allocation: Allocation, product: Product, start: date) -> None:
    """Raises RuleError CON-203 where the contract has the product, but not on the day that counts.

    What the municipality named holds from the first day of its allocation, also when the product
    has left the contract since; what is chosen here must be in it on the first day of the care.
    """
    day = allocation.start_date if allocation.product_id else start
    rows = allocation.municipal_contract.products.filter(product=product)
    if rows.exists() and not rows.covered_on(day).exists():
        raise RuleError(
            "CON-203",
            _("This product is not in the municipal contract on that day. Choose another one."),
        )


def _share(allocation: Allocation, part: Part, period: Period) -> parts.Share:
    """What is placed, as a share of the allocation."""
    return parts.Share(
        period,
        allocation.volume if part.volume is None else part.volume,
        allocation.frequency,
        allocation.budget if part.budget is None else part.budget,
    )


def _check_division(
    scope: Scope,
    contract: MunicipalContract,
    subcontract: Subcontract | None,
    product: Product,
    care: parts.Share,
) -> None:
    """Raises RuleError CON-242 where the terms above refuse what breaks the agreed division."""
    if subcontract is None or not division.refuses(scope, contract):
        return
    tariffs = Tariff.objects.in_force_on(care.period.start)
    tariff = tariffs.filter(subcontract=subcontract, product=product).first()
    if division.breaking(scope, contract, care, {subcontract.pk: tariff}):
        raise RuleError("CON-242", str(division.AGAINST))


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


def next_number_of(allocation: Allocation, day: date) -> int:
    """The next number of the range of a day. Raises RuleError PLA-12 where it is used up."""
    exchange = exchange_on(allocation.municipal_contract, day)
    number = next_numbers_of(allocation, exchange, 1)[0]
    check_in_range(exchange, number)
    return number


def next_numbers_of(
    allocation: Allocation, exchange: ExchangeTerms, count: int, besides: Collection[int] = ()
) -> list[int]:
    """So many numbers from the range of an allocation's contract; `besides` are in use already.

    Each is still to be checked against the end of the range.
    """
    first = exchange.number_first

    def taken(some: range) -> set[int]:
        """Care that was taken over from an earlier administration keeps its numbers."""
        rows = Placement.objects.filter(
            main_contractor=allocation.main_contractor_id,
            family=allocation.family,
            number__in=some,
        )
        return {*rows.values_list("number", flat=True), *besides}

    # Contracts that share the start of their range share the counter, or numbers would repeat.
    series = f"placement:{allocation.family}:{first}"
    return free_numbers(allocation.main_contractor_id, series, count, first=first, taken=taken)


def check_in_range(exchange: ExchangeTerms, number: int) -> None:
    """Raises RuleError PLA-12 where the agreed range is used up."""
    if number > exchange.number_last:
        raise RuleError(
            "PLA-12",
            _("The agreed range of allocation numbers is used up. Agree on a new one first."),
        )


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
        deadlines.drop(scope=office, placements=[placement])
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
