"""Ends of care seen coming: found every night, told by a coordinator, decided by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.scope import Scope
from messaging.models import Family
from subcontracts import policies
from subcontracts.models import Allocation, Client, ClientResidence, ForeseenEnd, Placement
from subcontracts.models.allocations import AllocationQuerySet
from subcontracts.models.foreseen import ForeseenEndQuerySet
from subcontracts.rules import foreseen as rules
from subcontracts.rules.residence import left_on

_Kind = ForeseenEnd.Kind


class _Coming(NamedTuple):
    """An end that is near; `month` is the first day of its month, `day` empty for a birthday."""

    main_contractor: int
    allocation: int
    client: int
    kind: str
    month: date
    day: date | None

    @property
    def key(self) -> tuple[int, str, date]:
        return self.allocation, self.kind, self.month


@transaction.atomic
def sweep(*, scope: Scope) -> int:
    """Open what has come near, and let lapse what no longer comes; returns how many were opened.

    Does nothing twice: the same day, or the day after, finds what is there already.
    """
    lock_text("foreseen ends")
    coming = (*_ends(scope), *_birthdays(scope), *_moves(scope), *_reviews(scope))
    return _settle(scope, coming, _standing(scope))


@transaction.atomic
def follow_move(*, scope: Scope, client: Client) -> None:
    """Open a task for each allocation that another municipality pays than is responsible."""
    lock_text("foreseen ends")
    standing = _standing(scope).filter(client=client, kind=_Kind.MOVED)
    _settle(scope, _moves(scope, client=client), standing)


def _standing(scope: Scope) -> ForeseenEndQuerySet:
    return ForeseenEnd.objects.visible_to(scope).filter(lapsed_at=None)


def _settle(scope: Scope, found: Iterable[_Coming], standing: ForeseenEndQuerySet) -> int:
    """Open what is found and does not stand yet; what stands open and is not found lapses."""
    coming = {one.key: one for one in found}
    known = {(row.allocation_id, row.kind, row.month): row for row in standing}
    _let_lapse(scope, [row for key, row in known.items() if key not in coming and row.is_open])
    _move(coming, [row for key, row in known.items() if key in coming and row.is_open])
    opened = ForeseenEnd.objects.bulk_create(
        _row(one, scope) for key, one in coming.items() if key not in known
    )
    audit.record_many(scope, "foreseen.opened", opened)
    return len(opened)


def _cared_for(scope: Scope) -> AllocationQuerySet:
    """Allocations under which somebody gives care, or will."""
    live = Placement.objects.filter(allocation=OuterRef("pk"), status__in=Placement.LIVE)
    return Allocation.objects.visible_to(scope).live().filter(Exists(live))


def _ends(scope: Scope) -> Iterator[_Coming]:
    last = scope.today + rules.AHEAD[rules.Kind.END]
    rows = _cared_for(scope).filter(end_date__range=(scope.today - rules.LATE, last))
    for owner, allocation, client, end in rows.values_list(
        "main_contractor", "pk", "client", "end_date"
    ):
        if end is not None:
            yield _Coming(owner, allocation, client, _Kind.END, end.replace(day=1), end)


def _birthdays(scope: Scope) -> Iterator[_Coming]:
    """Youth help that reaches the birthday; nobody looks on, so this is no look at a client."""
    rows = _cared_for(scope).filter(family=Family.JW)
    youths = Client.objects.visible_to(scope).filter(pk__in=rows.values("client"))
    adult = {
        pk: rules.adult_on(date.fromisoformat(birth))
        for pk, birth in youths.values_list("pk", "birth_date")
    }
    for owner, allocation, client, end in rows.values_list(
        "main_contractor", "pk", "client", "end_date"
    ):
        day = adult.get(client)
        if day is None or not rules.is_ahead(rules.Kind.EIGHTEEN, day, scope.today):
            continue
        if end is None or end >= day:
            yield _Coming(owner, allocation, client, _Kind.EIGHTEEN, day.replace(day=1), None)


def _moves(scope: Scope, **of: Client) -> Iterator[_Coming]:
    """Care that goes on under an allocation of a municipality that is no longer responsible."""
    residences = ClientResidence.objects.visible_to(scope).standing()
    away = residences.filter(client=OuterRef("client")).exclude(
        municipality=OuterRef("municipality")
    )
    rows = _cared_for(scope).filter(Exists(away), **of)
    known: dict[int, list[ClientResidence]] = defaultdict(list)
    for residence in residences.filter(client__in=rows.values("client")):
        known[residence.client_id].append(residence)
    for row in rows:
        same_law = [one for one in known[row.client_id] if one.family == row.family]
        left = left_on(same_law, row.municipality_id)
        if left is not None and (row.end_date is None or row.end_date >= left):
            day = left - timedelta(days=1)
            yield _coming(row, _Kind.MOVED, day)


def _reviews(scope: Scope) -> Iterator[_Coming]:
    """Care without a last day, or of which nobody said how much: looked at now and then."""
    unbound = Q(end_date=None) | Q(volume=None, budget=None)
    rows = _cared_for(scope).filter(unbound)
    reviews = _standing(scope).filter(kind=_Kind.REVIEW, allocation__in=rows.values("pk"))
    last: dict[int, ForeseenEnd] = {}
    for review in reviews.order_by("day"):
        last[review.allocation_id] = review
    for row in rows:
        day = _review_day(scope, row, last.get(row.pk))
        if day is not None and (row.end_date is None or day <= row.end_date):
            yield _coming(row, _Kind.REVIEW, day)


def _review_day(scope: Scope, row: Allocation, last: ForeseenEnd | None) -> date | None:
    """An open one stays where it is, until somebody decides."""
    if last is not None and last.is_open:
        return last.day
    decided = localdate(last.decided_at) if last is not None and last.decided_at else None
    months = settings.REVIEW_AFTER_MONTHS
    return rules.review_on(row.start_date, decided, months, scope.today)


def _coming(row: Allocation, kind: str, day: date) -> _Coming:
    month = day.replace(day=1)
    return _Coming(row.main_contractor_id, row.pk, row.client_id, kind, month, day)


def _row(one: _Coming, scope: Scope) -> ForeseenEnd:
    return ForeseenEnd(
        main_contractor_id=one.main_contractor,
        allocation_id=one.allocation,
        client_id=one.client,
        kind=one.kind,
        month=one.month,
        day=one.day,
        opened_at=scope.at,
    )


def _let_lapse(scope: Scope, rows: list[ForeseenEnd]) -> None:
    """The allocation was prolonged or the care is over; what people told of stays."""
    over = [row for row in rows if row.kind != _Kind.WLZ]
    ForeseenEnd.objects.filter(pk__in=[row.pk for row in over]).update(lapsed_at=scope.at)
    audit.record_many(scope, "foreseen.lapsed", over)


def _move(coming: dict[tuple[int, str, date], _Coming], rows: list[ForeseenEnd]) -> None:
    """Another day in the same month."""
    moved = []
    for row in rows:
        day = coming[row.allocation_id, row.kind, row.month].day
        if row.day != day:
            row.day = day
            moved.append(row)
    ForeseenEnd.objects.bulk_update(moved, ["day"])


@transaction.atomic
def tell(*, scope: Scope, allocation: Allocation, day: date, note: str = "") -> ForeseenEnd:
    """Note that long-term care (Wlz) will take over on a day.

    Raises NotAllowedError for other roles, RuleError END-01 for a day that is past or after the
    allocation, END-02 where it stands there already.
    """
    policies.check_can_manage_care(scope, allocation.main_contractor_id)
    if day < scope.today or (allocation.end_date and day > allocation.end_date):
        raise RuleError(
            "END-01", _("Choose a day from today up to and including the end of the allocation.")
        )
    standing = ForeseenEnd.objects.visible_to(scope).filter(allocation=allocation, lapsed_at=None)
    if standing.filter(kind=_Kind.WLZ, decided_at=None).exists():
        raise RuleError("END-02", _("A move to long-term care is in the calendar already."))
    row = ForeseenEnd.objects.create(
        main_contractor_id=allocation.main_contractor_id,
        allocation=allocation,
        client_id=allocation.client_id,
        kind=_Kind.WLZ,
        month=day.replace(day=1),
        day=day,
        note=note,
        opened_at=scope.at,
    )
    audit.record(scope, "foreseen.opened", row)
    return row


@transaction.atomic
def decide(*, scope: Scope, row: ForeseenEnd, decision: str, note: str = "") -> ForeseenEnd:
    """Record what happens on that day. Raises as `policies.check_can_decide_end`; ValueError for
    a decision that does not fit the reason.
    """
    locked = ForeseenEnd.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=row.pk)
    policies.check_can_decide_end(scope, locked)
    if decision not in rules.DECISIONS[rules.Kind(locked.kind)]:
        raise ValueError(f"{decision} is no decision about {locked.kind}")
    locked.decision, locked.note = decision, note or locked.note
    locked.decided_by_id, locked.decided_at = scope.user_id, scope.at
    locked.save(update_fields=["decision", "note", "decided_by", "decided_at"])
    audit.record(scope, "foreseen.decided", locked, decision=decision)
    return locked
