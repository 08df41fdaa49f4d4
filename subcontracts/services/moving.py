"""Preparing a move of care: which placements, to whom, from when; then confirming it.

Contract manager's work (NotAllowedError for anybody else). Carrying it out is `moving_out`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.nudges import nudge
from hoofdaannemer.core.scope import Scope
from subcontracts import moving_policies as policies
from subcontracts.models import (
    CareMove,
    CareMoveItem,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.models.moves import CareMoveItemQuerySet
from subcontracts.models.placements import PlacementQuerySet
from subcontracts.rules.moving import TEXTS
from subcontracts.selectors.moving_sealed import kept_apart
from subcontracts.services import contract_life

SWEEP = "subcontracts.tasks.move_care"
_States = CareMoveItem.Status


@dataclass(frozen=True, kw_only=True)
class Wish:
    """From which day the care goes, why, and where to unless a placement is given another way."""

    day: date
    reason: str
    note: str = ""
    destination: Subcontractor | None = None


@dataclass(frozen=True, kw_only=True)
class Which:
    """Placements of a move: all of them, of a product, of a municipality, or this one."""

    product: Product | None = None
    municipality_id: int | None = None
    item_id: int | None = None

    def among(self, rows: CareMoveItemQuerySet) -> CareMoveItemQuerySet:
        """Those of the rows that are meant."""
        wanted = Q()
        if self.product is not None:
            wanted &= Q(placement__product=self.product)
        if self.municipality_id is not None:
            wanted &= Q(placement__allocation__municipality=self.municipality_id)
        if self.item_id is not None:
            wanted &= Q(pk=self.item_id)
        return rows.filter(wanted)


@transaction.atomic
def prepare(*, scope: Scope, subcontract: Subcontract, wish: Wish) -> CareMove:
    """Draw up the move of all care that lasts until that day or begins later, as a draft.

    Raises RuleError CON-65 for a contract under which nothing was ever placed, CON-66 for a day
    that has passed, CON-67 for another reason without a word why, CON-68 where nothing is left to
    move, CON-70 for a destination that is no other, CON-75 while another move of it is open.
    """
    subcontract = contract_life.locked(scope, subcontract)
    policies.check_can_prepare(scope, subcontract, CareMove.objects.visible_to(scope))
    _check_wish(scope, subcontract, wish)
    move = CareMove.objects.create(
        main_contractor_id=subcontract.main_contractor_id,
        subcontract=subcontract,
        day=wish.day,
        reason=wish.reason,
        note=wish.note.strip(),
        prepared_by_id=scope.user_id or None,
        prepared_at=scope.at,
    )
    count = _take_up(scope, move, wish.destination)
    if not count and not kept_apart(scope, move).exists():
        raise RuleError("CON-68", _("No care is placed under this contract on or after that day."))
    audit.record(scope, "care_move.prepared", move, placements=count)
    return move


def _check_wish(scope: Scope, subcontract: Subcontract, wish: Wish) -> None:
    if wish.day < scope.today:
        raise RuleError("CON-66", _("Care moves from today or a later day on."))
    if wish.reason == CareMove.Reason.OTHER and not wish.note.strip():
        raise RuleError("CON-67", _("Fill in why the care is moved."))
    _check_destination(subcontract, wish.destination)


def _check_destination(subcontract: Subcontract, destination: Subcontractor | None) -> None:
    if destination is None:
        return
    if destination.main_contractor_id != subcontract.main_contractor_id:
        raise Subcontractor.DoesNotExist
    if destination.pk == subcontract.subcontractor_id:
        raise RuleError("CON-70", str(TEXTS["CON-70"]))


def to_move(scope: Scope, subcontract: Subcontract, day: date) -> PlacementQuerySet:
    """Live placements under the contract with care on that day or later.

    Not of clients whose data stay inside: nobody lists them, and each is taken along by hand.
    """
    lasting = Q(end_date=None) | Q(end_date__gte=day)
    rows = Placement.objects.visible_to(scope).live().filter(lasting, subcontract=subcontract)
    return rows.filter(client__is_sealed=False)


def _take_up(scope: Scope, move: CareMove, destination: Subcontractor | None) -> int:
    """Add the placements that are not in the move yet; returns how many."""
    known = move.items.visible_to(scope).values("placement")
    rows = to_move(scope, move.subcontract, move.day).exclude(pk__in=known)
    made = CareMoveItem.objects.bulk_create(
        (
            CareMoveItem(
                main_contractor_id=move.main_contractor_id,
                move=move,
                placement_id=pk,
                destination=destination,
                day=max(move.day, start),
            )
            for pk, start in rows.order_by("pk").values_list("pk", "start_date")
        ),
        batch_size=1000,
    )
    return len(made)


@transaction.atomic
def choose(*, scope: Scope, move: CareMove, which: Which, destination: Subcontractor | None) -> int:
    """Let these placements of a draft go somewhere else, or stay (None); returns how many.

    Raises RuleError CON-70 for a destination that is no other, ConflictError where it is no draft.
    """
    move = locked(scope, move)
    policies.check_can_change(scope, move)
    _check_destination(move.subcontract, destination)
    items = which.among(move.items.visible_to(scope))
    if which.item_id is None:
        # They go nowhere but to an own team, which is chosen for each of them.
        items = items.exclude(placement__client__is_sealed=True)
    else:
        _check_may_go(items, destination)
    count = items.update(destination=destination)
    audit.record(
        scope, "care_move.chosen", move, count=count, to=destination.pk if destination else None
    )
    return count


def _check_may_go(items: CareMoveItemQuerySet, destination: Subcontractor | None) -> None:
    if destination is None or destination.is_own_team:
        return
    if items.filter(placement__client__is_sealed=True).exists():
        raise _only_own_team()


def _only_own_team() -> RuleError:
    text = _("The data of this client may not be passed on. Only an own team can deliver.")
    return RuleError("PLA-07", text)


@transaction.atomic
def take_along(
    *, scope: Scope, move: CareMove, placement: Placement, destination: Subcontractor
) -> CareMoveItem:
    """Add one placement of a client whose data stay inside, to go to an own team.

    A draft takes it along when it is confirmed; of one that was carried out it is moved at once.
    Raises RuleError PLA-07 for a destination that is no own team, CON-180 where the move is
    finished, ConflictError where the placement is in the move already.
    """
    move = locked(scope, move)
    policies.check_can_take_along(scope, move, CareMove.objects.visible_to(scope))
    if not destination.is_own_team:
        raise _only_own_team()
    _check_destination(move.subcontract, destination)
    rows = kept_apart(scope, move).select_for_update(of=("self",))
    placement = rows.get(pk=placement.pk)
    if move.items.visible_to(scope).filter(placement=placement).exists():
        raise ConflictError(_("This placement is in the move already. Reload the page."))
    day = move.day if move.status == CareMove.Status.DRAFT else max(move.day, scope.today)
    item = CareMoveItem.objects.create(
        main_contractor_id=move.main_contractor_id,
        move=move,
        placement=placement,
        destination=destination,
        day=max(day, placement.start_date),
    )
    audit.record(scope, "care_move_item.taken_along", item, to=destination.pk)
    if move.status != CareMove.Status.DRAFT:
        _set_going(scope, move, "care_move.retried")
    return item


@transaction.atomic
def discard(*, scope: Scope, move: CareMove) -> CareMove:
    """Give up a draft; nothing was moved."""
    move = locked(scope, move)
    policies.check_can_change(scope, move)
    move.status = CareMove.Status.DISCARDED
    move.save(update_fields=["status"])
    audit.record(scope, "care_move.discarded", move)
    return move


@transaction.atomic
def confirm(*, scope: Scope, move: CareMove) -> CareMove:
    """Have a draft carried out. What was placed here since it was drawn up is taken along to see.

    Raises RuleError CON-66 where its day has passed, CON-70 where nothing goes anywhere.
    """
    move = locked(scope, move)
    policies.check_can_change(scope, move)
    if move.day < scope.today:
        raise RuleError("CON-66", _("Care moves from today or a later day on."))
    _take_up(scope, move, None)
    if not move.items.visible_to(scope).exclude(destination=None).exists():
        raise RuleError("CON-70", _("Choose first where the care goes."))
    move.confirmed_by_id, move.confirmed_at = scope.user_id or None, scope.at
    return _set_going(scope, move, "care_move.confirmed", ["confirmed_by", "confirmed_at"])


def _set_going(scope: Scope, move: CareMove, verb: str, fields: Iterable[str] = ()) -> CareMove:
    move.status, move.seen_at, move.finished_at = CareMove.Status.RUNNING, None, None
    move.save(update_fields=["status", "seen_at", "finished_at", *fields])
    audit.record(scope, verb, move)
    nudge(SWEEP)
    return move


@transaction.atomic
def retry(*, scope: Scope, move: CareMove) -> CareMove:
    """Try again what was refused, from today on where its day has passed.

    Raises ConflictError where nothing remains to try, or another move of the contract is open.
    """
    move = locked(scope, move)
    policies.check_can_retry(scope, move, CareMove.objects.visible_to(scope))
    refused = move.items.visible_to(scope).filter(status=_States.REFUSED)
    if not refused.exists():
        raise ConflictError(_("Nothing that was refused is left. Reload the page."))
    refused.filter(day__lt=scope.today).update(day=scope.today)
    refused.update(status=_States.WAITING, code="", text="")
    return _set_going(scope, move, "care_move.retried")


@dataclass(frozen=True, kw_only=True)
class Again:
    """How one placement is tried anew: where to, from when, and how much of a total goes along.

    `volume` in units of the placement, `budget` in euros; both empty: divided by days.
    """

    destination: Subcontractor
    day: date
    volume: int | None = None
    budget: Decimal | None = None


@transaction.atomic
def retry_one(*, scope: Scope, item: CareMoveItem, again: Again) -> CareMoveItem:
    """Try one placement that remained again, in another way.

    Raises RuleError CON-66 for a day that has passed, CON-70 for a destination that is no other,
    ConflictError where it was dealt with.
    """
    move = locked(scope, item.move)
    item = _locked_item(scope, item)
    policies.check_can_settle(scope, move, item, CareMove.objects.visible_to(scope))
    if again.day < scope.today:
        raise RuleError("CON-66", _("Care moves from today or a later day on."))
    _check_destination(move.subcontract, again.destination)
    item.destination, item.day = again.destination, again.day
    item.volume, item.budget = again.volume, again.budget
    item.status, item.code, item.text = _States.WAITING, "", ""
    item.save(update_fields=["destination", "day", "volume", "budget", "status", "code", "text"])
    audit.record(scope, "care_move_item.retried", item)
    _set_going(scope, move, "care_move.retried")
    return item


@transaction.atomic
def settle(*, scope: Scope, item: CareMoveItem, text: str) -> CareMoveItem:
    """Note how one placement that remained was dealt with otherwise.

    Raises RuleError CON-67 without a word how, ConflictError where it was dealt with.
    """
    move = locked(scope, item.move)
    item = _locked_item(scope, item)
    policies.check_can_settle(scope, move, item, CareMove.objects.visible_to(scope))
    if not text.strip():
        raise RuleError("CON-67", _("Fill in how it was settled."))
    item.status, item.code, item.text = _States.SETTLED, "", text.strip()
    item.handled_at = scope.at
    item.save(update_fields=["status", "code", "text", "handled_at"])
    audit.record(scope, "care_move_item.settled", item)
    close(scope=scope, move=move)
    return item


def close(*, scope: Scope, move: CareMove) -> CareMove:
    """Finished, with or without a remainder, by what became of its placements."""
    remains = move.items.visible_to(scope).remaining().exists()
    states = CareMove.Status
    move.status = states.REMAINDER if remains else states.FINISHED
    move.seen_at, move.finished_at = None, scope.at
    move.save(update_fields=["status", "seen_at", "finished_at"])
    audit.record(scope, f"care_move.{move.status}", move)
    return move


def locked(scope: Scope, move: CareMove) -> CareMove:
    """The move with its contract, locked."""
    rows = CareMove.objects.visible_to(scope).select_related("subcontract")
    return rows.select_for_update(of=("self",)).get(pk=move.pk)


def _locked_item(scope: Scope, item: CareMoveItem) -> CareMoveItem:
    rows = CareMoveItem.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.get(pk=item.pk)
