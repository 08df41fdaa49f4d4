"""The work list's items of the care chain. Clients are named by number here, never by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.pages import allowed
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, moment_nl
from hoofdaannemer.core.working_days import add_working_days
from messaging.istandaard.codelists import code_list
from messaging.models import Leg
from subcontracts import policies
from subcontracts.models import (
    Allocation,
    CareRequest,
    Deadline,
    EmergencyAccess,
    Placement,
)
from subcontracts.rules.combining import Spell
from subcontracts.selectors import awaited, returned
from subcontracts.selectors.spells import spells_of
from subcontracts.words import extent_text, goods_text
from subcontracts.worklist import WorkItem

#: Lines of one kind that a person can still oversee; what is late comes first.
MOST = 50
#: Staff see a subcontractor's term when it has this many working days left.
SOON = 1
_Kind = Deadline.Kind

EMERGENCY = gettext_lazy("Emergency access to review")
PLACE = gettext_lazy("Clients to place")
REPLY = gettext_lazy("Placements to answer")
START = gettext_lazy("Starts to report")
STOP = gettext_lazy("Stops to report")
TAKE_UP = gettext_lazy("Requests from subcontractors")
REFUSED = gettext_lazy("Requests returned with errors")
WAITING = gettext_lazy("Answers from municipalities")
ELSEWHERE = gettext_lazy("Another municipality is responsible")


def items(scope: Scope) -> Iterable[WorkItem]:
    """What this scope must do for clients."""
    if scope.role in CARE:
        return [
            *_emergencies(scope),
            *_to_place(scope),
            *_requests(scope),
            *_answers(scope),
            *_elsewhere(scope),
            *_almost_late(scope),
            *returned.above(scope),
            *awaited.by_us(scope),
        ]
    if scope.role in SUBCONTRACTOR:
        return [*_of_provider(scope), *returned.below(scope), *awaited.by_them(scope)]
    return []


def _emergencies(scope: Scope) -> Iterator[WorkItem]:
    """Emergency access that nobody reviewed yet, of others than oneself."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    rows = EmergencyAccess.objects.visible_to(scope).filter(reviewed_at=None, client__isnull=False)
    for row in rows.exclude(user=scope.user_id).select_related("user")[:MOST]:
        yield WorkItem(
            kind=EMERGENCY,
            text=f"{row.user.name} · {moment_nl(row.opened_at)}",
            url=reverse("emergency_detail", args=[row.pk]),
            verb=_("Review"),
            due=localdate(row.opened_at),
        )


def _to_place(scope: Scope) -> Iterator[WorkItem]:
    rows = Deadline.objects.visible_to(scope).running().filter(kind=_Kind.PLACE)
    joined = ("client", "product", "municipality")
    for row in rows.select_related(*(f"allocation__{name}" for name in joined))[:MOST]:
        if row.allocation is None or row.allocation.client.is_sealed:
            continue
        yield WorkItem(
            kind=PLACE,
            text=f"{row.allocation.client} · {row.allocation.product or row.allocation.category}",
            url=reverse("allocation_place", args=[row.allocation.pk]),
            verb=_("Place"),
            due=row.due_date,
            consequence=row.consequence,
            detail=_detail(row.allocation.municipality.name, row.allocation),
        )


def _detail(place: str, row: Allocation | Placement) -> str:
    """Where it is, how much, and from when."""
    begin = _("from %(start)s") % {"start": date_long(row.start_date)}
    return ", ".join(part for part in (place, extent_text(row), begin) if part)


def _requests(scope: Scope) -> Iterator[WorkItem]:
    statuses = CareRequest.Status
    rows = CareRequest.objects.visible_to(scope).filter(
        status__in=[statuses.RECEIVED, statuses.FAULTY]
    )
    for row in rows.select_related("client").with_goods()[:MOST]:
        faulty = row.status == statuses.FAULTY
        yield WorkItem(
            kind=REFUSED if faulty else TAKE_UP,
            text=f"{row.client} · {goods_text(row)}",
            url=reverse("request_detail", args=[row.pk]),
            verb=_("Mend") if faulty else _("Take up"),
            detail=str(row.get_kind_display()),
            is_sealed=row.client.is_sealed,
        )


def _answers(scope: Scope) -> Iterator[WorkItem]:
    rows = Deadline.objects.visible_to(scope).running().filter(kind=_Kind.ANSWER)
    late = rows.filter(due_date__lte=add_working_days(scope.today, SOON))
    seen = set()
    for row in late.select_related("request__client", "request__municipality")[:MOST]:
        # One line a request, however many products wait; the first is the most urgent.
        if row.request is None or row.request_id in seen:
            continue
        seen.add(row.request_id)
        yield WorkItem(
            kind=WAITING,
            text=f"{row.request.client} · {row.request.municipality}",
            url=reverse("request_detail", args=[row.request.pk]),
            verb=_("Ask for it"),
            due=row.due_date,
            consequence=row.consequence,
            is_sealed=row.request.client.is_sealed,
        )


def _elsewhere(scope: Scope) -> Iterator[WorkItem]:
    """Refused because another municipality is responsible, and not asked there yet (OP359)."""
    rows = Deadline.objects.visible_to(scope).running().filter(kind=_Kind.REASK)
    seen = set()
    for row in rows.select_related("request__client", "requested_product")[:MOST]:
        if row.request is None or row.request_id in seen or row.request.client.is_sealed:
            continue
        seen.add(row.request_id)
        asked = row.requested_product or row.request.change
        yield WorkItem(
            kind=ELSEWHERE,
            text=f"{row.request.client} · {code_list('CBS').label(asked.responsible_code)}",
            url=reverse("request_detail", args=[row.request.pk]),
            verb=_("Ask there"),
            due=row.due_date,
        )


def _almost_late(scope: Scope) -> Iterator[WorkItem]:
    """Starts and stops of subcontractors that are about to be late, or are."""
    rows = (
        Deadline.objects.visible_to(scope)
        .running()
        .with_purpose()
        .filter(
            leg=Leg.UP,
            kind__in=[_Kind.START, _Kind.STOP],
            event_date__lte=scope.today,
            due_date__lte=add_working_days(scope.today, SOON),
            placement__status=Placement.Status.ACCEPTED,
            placement__client__is_sealed=False,
        )
        .select_related(
            *("placement__client", "placement__provider_organisation", "placement__subcontract")
        )
        .prefetch_related("placement__subcontract__relay_modes")
    )
    for row in rows[:MOST]:
        if row.placement is None:
            continue
        is_ours = row.placement.is_kept_here(scope.today)
        yield WorkItem(
            kind=START if row.kind == _Kind.START else STOP,
            text=f"{row.placement.client} · {row.placement.provider_organisation.name}",
            url=reverse("placement_detail", args=[row.placement.pk]),
            verb=_("Record it") if is_ours else _("Ask for it"),
            due=row.due_date,
            consequence=row.consequence,
        )


def _of_provider(scope: Scope) -> Iterator[WorkItem]:
    rows = (
        Deadline.objects.visible_to(scope)
        .running()
        .with_purpose()
        .filter(leg=Leg.DOWN)
        .select_related(
            "placement__client", "placement__product", "placement__allocation__municipality"
        )
    )
    due = [(row, row.placement) for row in rows[: 4 * MOST] if row.placement]
    spells: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells_of(placement for _row, placement in due):
        spells[spell.placement].append(spell)
    for row, placement in due:
        item = _provider_item(scope, row, placement, spells[placement.pk])
        if item is not None:
            yield item


def _provider_item(
    scope: Scope, row: Deadline, placement: Placement, spells: Sequence[Spell]
) -> WorkItem | None:
    """What the subcontractor does about a term, where it can be done now."""
    if row.kind == _Kind.REPLY:
        can_act = allowed(policies.check_can_reply, scope, placement)
    elif row.kind == _Kind.START:
        can_act = allowed(policies.check_can_report_start, scope, placement, spells)
    else:
        has_come = row.event_date <= scope.today
        can_act = has_come and allowed(policies.check_can_report_stop, scope, placement, spells)
    if not can_act:
        return None
    kind, verb, page = _ACTS[_Kind(row.kind)]
    return WorkItem(
        kind=kind,
        text=f"{placement.client} · {placement.product}",
        url=reverse(page, args=[placement.pk]),
        verb=verb,
        due=row.due_date,
        consequence=row.consequence,
        is_sealed=placement.client.is_sealed,
        detail=_detail(placement.allocation.municipality.name, placement),
    )


#: What a subcontractor does about a term: kind of the item, verb and page.
_ACTS = {
    _Kind.REPLY: (REPLY, gettext_lazy("Answer"), "placement_detail"),
    _Kind.START: (START, gettext_lazy("Report the start"), "placement_start"),
    _Kind.STOP: (STOP, gettext_lazy("Report the stop"), "placement_stop"),
}
