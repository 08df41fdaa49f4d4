"""Moves of care: what would become of each placement, what remains, and how many moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates
from subcontracts.models import CareMove, CareMoveItem, Placement, Subcontract
from subcontracts.models.moves import CareMoveQuerySet
from subcontracts.rules import moving as rules
from subcontracts.rules.combining import Spell
from subcontracts.rules.moving import Care
from subcontracts.rules.parts import Share
from subcontracts.selectors import client_stops
from subcontracts.selectors.candidates import Asked, Candidate, judged
from subcontracts.selectors.spells import spells_of
from subcontracts.worklist import WorkItem

WORK = gettext_lazy("Care to be moved")


@dataclass(frozen=True)
class Verdict:
    """What would become of one placement now; without `gone` it cannot move, for `reason`.

    `is_left`: it stays by choice. `candidate` is where it would go, with contract and price.
    """

    code: str = ""
    reason: str = ""
    is_left: bool = False
    kept: Share | None = None
    gone: Share | None = None
    candidate: Candidate | None = None

    @property
    def moves(self) -> bool:
        """Whether it would move."""
        return self.gone is not None


def care_of(placement: Placement, item: CareMoveItem) -> Care:
    """The care of a placement that is to be moved, with what is known of it."""
    used = gates.used([placement.pk])
    return _care(placement, item, spells_of([placement]), used.get(placement.pk))


def _care(
    placement: Placement, item: CareMoveItem, spells: Iterable[Spell], used: gates.Used | None
) -> Care:
    share = Share(
        Period(placement.start_date, placement.end_date),
        placement.volume,
        placement.frequency,
        placement.budget,
    )
    is_budget = placement.budget is not None
    gets = item.budget if is_budget else item.volume
    spent = Decimal(0) if used is None else used.amount if is_budget else Decimal(used.volume)
    return Care(
        share=share,
        day=item.day,
        is_live=placement.status in Placement.LIVE,
        reported=rules.last_reported(spells),
        declared=used.until if used else None,
        used=spent,
        gets=None if gets is None else Decimal(gets),
    )


def verdicts(scope: Scope, items: Sequence[CareMoveItem]) -> dict[int, Verdict]:
    """What would become of these placements of one move if it were carried out now; writes nothing.

    Judged as carrying out does, in sets: what is asked of the database grows with the products
    and first days, not with the placements. Items come with placement, product, allocation and
    destination.
    """
    keys = [item.placement_id for item in items]
    spells: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells_of(item.placement for item in items):
        spells[spell.placement].append(spell)
    used = gates.used(keys)
    there = _There(scope, items)
    found = {}
    for item in items:
        care = _care(item.placement, item, spells[item.placement_id], used.get(item.placement_id))
        found[item.pk] = _verdict(item, care, there)
    return found


_Group = tuple[int, int, date]


def _group(item: CareMoveItem) -> _Group:
    placement = item.placement
    day = max(item.day, placement.start_date)
    return placement.allocation.municipal_contract_id, placement.product_id, day


class _There:
    """Each destination of care of one contract, product and first day, judged once."""

    def __init__(self, scope: Scope, items: Iterable[CareMoveItem]) -> None:
        self._candidates: dict[tuple[_Group, int], Candidate] = {}
        self._kept_out: dict[tuple[_Group, int, int | None], str] = {}
        groups: dict[_Group, list[CareMoveItem]] = defaultdict(list)
        for item in items:
            if item.destination is not None:
                groups[_group(item)].append(item)
        for group, of_group in groups.items():
            self._judge(scope, group, of_group)

    def candidate(self, item: CareMoveItem) -> Candidate:
        """Where this care would go."""
        return self._candidates[_group(item), item.destination_id or 0]

    def kept_out(self, item: CareMoveItem) -> str:
        """Why this client is not taken there as a new one; empty where it is."""
        contract = self.candidate(item).subcontract
        key = _group(item), contract.pk if contract else 0, item.placement.client_id
        return self._kept_out.get(key, "")

    def _judge(self, scope: Scope, group: _Group, items: Sequence[CareMoveItem]) -> None:
        contract, _product, day = group
        product = items[0].placement.product
        asked = Asked(items[0].main_contractor_id, contract, product, day)
        ones = {item.destination.pk: item.destination for item in items if item.destination}
        found = judged(scope, asked, list(ones.values()))
        self._candidates |= {(group, pk): candidate for pk, candidate in found.items()}
        contracts = [one.subcontract.pk for one in found.values() if one.subcontract]
        clients = [item.placement.client_id for item in items]
        stopped = client_stops.kept_out(contracts, product, clients, max(day, scope.today))
        self._kept_out |= {(group, pk, client): text for (pk, client), text in stopped.items()}


def _verdict(item: CareMoveItem, care: Care, there: _There) -> Verdict:
    if item.destination is None:
        return Verdict(is_left=True, reason=_("Stays where it is, for now."))
    code = rules.problem(care)
    if item.destination_id == item.placement.subcontractor_id:
        code = "CON-70"
    if not code and item.placement.allocation.is_deleted:
        return Verdict("PLA-01", _("The municipality deleted this allocation."))
    if code:
        return Verdict(code, str(rules.TEXTS[code]))
    candidate = there.candidate(item)
    if kept_out := there.kept_out(item):
        return Verdict("PLA-18", kept_out, candidate=candidate)
    if candidate.reasons:
        return Verdict("", " ".join(candidate.reasons), candidate=candidate)
    kept, gone = rules.divided(care)
    return Verdict(kept=kept, gone=gone, candidate=candidate)


def of_contract(scope: Scope, contract: Subcontract) -> CareMoveQuerySet:
    """Moves from this contract, and those that brought care to it; newest first."""
    brought = CareMoveItem.objects.visible_to(scope).filter(new_placement__subcontract=contract)
    rows = CareMove.objects.visible_to(scope)
    return rows.filter(Q(subcontract=contract) | Q(pk__in=brought.values("move")))


@dataclass(frozen=True)
class Movements:
    """Placements that left a subcontract, or came to it, for one reason."""

    subcontract_id: int | None
    reason: str
    left: int = 0
    came: int = 0


def movements(scope: Scope, period: Period) -> list[Movements]:
    """How many placements moved with a first day in the period, by subcontract and reason.

    Without subcontract: to own teams. What was declined or withdrawn after it moved is not
    counted. For reports.
    """
    rows = CareMoveItem.objects.visible_to(scope).standing().filter(day__gte=period.start)
    if period.end is not None:
        rows = rows.filter(day__lte=period.end)
    counted: dict[tuple[int | None, str], list[int]] = defaultdict(lambda: [0, 0])
    for place, column in enumerate(("placement__subcontract", "new_placement__subcontract")):
        by = rows.order_by().values_list(column, "move__reason").annotate(Count("pk"))
        for subcontract, reason, count in by:
            counted[subcontract, reason][place] += count
    return [
        Movements(subcontract, reason, left, came)
        for (subcontract, reason), (left, came) in sorted(
            counted.items(), key=lambda one: (one[0][0] or 0, one[0][1])
        )
    ]


def items(scope: Scope) -> Iterator[WorkItem]:
    """Moves of which something remains, for who can settle it."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = CareMove.objects.visible_to(scope).filter(status=CareMove.Status.REMAINDER)
    for row in rows.with_counts().select_related("subcontract__provider_organisation"):
        count: int = getattr(row, "remaining", 0)
        yield WorkItem(
            kind=WORK,
            text=ngettext(
                "%(count)s placement remains at %(name)s",
                "%(count)s placements remain at %(name)s",
                count,
            )
            % {"count": count, "name": row.subcontract.provider_organisation.name},
            url=reverse("care_move_detail", args=[row.pk]),
            verb=gettext_lazy("Settle what remains"),
            due=row.day,
        )


def day_after(contract: Subcontract) -> date | None:
    """The first day on which a contract no longer holds, where it has a last one."""
    return contract.end_date + timedelta(days=1) if contract.end_date else None
