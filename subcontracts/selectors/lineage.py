"""The care chain's part of a story: request, allocation, placement, starts and stops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from messaging.exchange.lineage import RECEIVED, SENT, Found, Node, Ref
from subcontracts.models import (
    Allocation,
    CareRequest,
    DeliveryStart,
    DeliveryStop,
    MessageLink,
    Objection,
    Placement,
)
from subcontracts.models.links import OBJECTS
from subcontracts.selectors import decisions
from subcontracts.tones import PLACEMENT_TONES
from subcontracts.words import stop_reason_text

_MADE = MessageLink.Kind.MADE


@dataclass
class _Case:
    """Primary keys of everything that belongs to the story, by kind."""

    keys: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __getitem__(self, kind: str) -> set[int]:
        return self.keys[kind]


def trace(scope: Scope, refs: set[Ref]) -> Found:
    """The chains to which these messages and objects belong, each from request to last stop."""
    case = _case(scope, refs)
    found = Found()
    if not any(case.keys.values()):
        return found
    _allocations(scope, case, found)
    _requests(scope, case, found)
    _decisions(scope, case, found)
    _placements(scope, case, found)
    _starts(scope, case, found)
    _stops(scope, case, found)
    _links(scope, case, found)
    return found


def _case(scope: Scope, refs: set[Ref]) -> _Case:
    """What the messages concern and the objects themselves, up to their allocation."""
    case = _Case()
    for ref in refs:
        if ref.kind in OBJECTS:
            case[ref.kind].add(ref.pk)
    about = Q(incoming__in=_of(refs, RECEIVED)) | Q(outgoing__in=_of(refs, SENT))
    links = MessageLink.objects.visible_to(scope).filter(about)
    for values in links.values_list(*OBJECTS):
        for kind, pk in zip(OBJECTS, values, strict=True):
            if pk is not None:
                case[kind].add(pk)
    placed = Placement.objects.visible_to(scope).filter(
        Q(pk__in=case["placement"])
        | Q(starts__in=case["start"])
        | Q(starts__stops__in=case["stop"])
    )
    for pk, allocation in placed.values_list("pk", "allocation"):
        case["placement"].add(pk)
        case["allocation"].add(allocation)
    return case


def _of(refs: Iterable[Ref], kind: str) -> list[int]:
    return [ref.pk for ref in refs if ref.kind == kind]


def _allocations(scope: Scope, case: _Case, found: Found) -> None:
    rows = Allocation.objects.visible_to(scope).filter(
        Q(pk__in=case["allocation"]) | Q(requested_product__request__in=case["request"])
    )
    for row in rows.select_related("product", "municipality", "requested_product"):
        case["allocation"].add(row.pk)
        found.clients.add(row.client_id)
        causes = []
        if row.requested_product is not None:
            case["request"].add(row.requested_product.request_id)
            causes.append(Ref("request", row.requested_product.request_id))
        node = Node(
            ref=Ref("allocation", row.pk),
            at=row.received_at,
            title=_("Allocation %(number)s") % {"number": row.number},
            text=" · ".join(
                [str(row.product or row.category or _("not specified")), str(row.municipality)]
            ),
            url=reverse("allocation_detail", args=[row.pk]),
            state=_("deleted") if row.is_deleted else "",
            tone="negative",
        )
        found.add(node, *causes)


def _requests(scope: Scope, case: _Case, found: Found) -> None:
    rows = CareRequest.objects.visible_to(scope).filter(
        Q(pk__in=case["request"]) | Q(products__allocations__in=case["allocation"])
    )
    for row in rows.select_related("municipality").distinct():
        case["request"].add(row.pk)
        found.clients.add(row.client_id)
        node = Node(
            ref=Ref("request", row.pk),
            at=row.recorded_at,
            title=_("Request %(number)s") % {"number": row.number},
            text=str(row.municipality),
            url=reverse("request_detail", args=[row.pk]),
            state=str(row.get_status_display()),
            tone="information",
        )
        found.add(node)


def _decisions(scope: Scope, case: _Case, found: Found) -> None:
    """Formal decisions, each under what it is about, and the objections to them."""
    rows = decisions.listed(scope).filter(
        Q(allocation__in=case["allocation"])
        | Q(requested_product__request__in=case["request"])
        | Q(requested_change__request__in=case["request"])
    )
    refs = {}
    for row in rows:
        found.clients.add(row.client_id)
        refs[row.pk] = Ref("decision", row.pk)
        about = row.allocation or row.request
        kind = "allocation" if row.allocation_id else "request"
        node = Node(
            ref=refs[row.pk],
            at=row.recorded_at,
            title=_("Formal decision: %(kind)s") % {"kind": row.get_kind_display()},
            text=_("sent on %(day)s") % {"day": date_long(row.sent_date)} if row.sent_date else "",
            url=reverse("decision_detail", args=[row.pk]),
            state=_("objection open") if row.is_disputed else "",
            tone="warning",
        )
        found.add(node, Ref(kind, about.pk))
    _objections(scope, refs, found)


def _objections(scope: Scope, refs: dict[int, Ref], found: Found) -> None:
    rows = Objection.objects.visible_to(scope).standing().filter(decision__in=refs)
    for row in rows:
        node = Node(
            ref=Ref("objection", row.pk),
            at=row.recorded_at,
            title=_("Objection of %(day)s") % {"day": date_long(row.received_date)},
            text=str(row.get_timeliness_display()),
            url=reverse("decision_detail", args=[row.decision_id]),
            state=str(row.get_outcome_display() or _("open")),
            tone="warning" if row.is_open else "neutral",
        )
        found.add(node, refs[row.decision_id])


def _placements(scope: Scope, case: _Case, found: Found) -> None:
    rows = Placement.objects.visible_to(scope).filter(
        Q(allocation__in=case["allocation"])
        # Who does not see the allocation sees what came of its own request.
        | Q(allocation__requested_product__request__in=case["request"])
    )
    for row in rows.select_related("product", "provider_organisation"):
        case["placement"].add(row.pk)
        found.clients.add(row.client_id)
        node = Node(
            ref=Ref("placement", row.pk),
            at=row.offered_at,
            title=_("Placement %(number)s with %(name)s")
            % {"number": row.number, "name": row.provider_organisation.name},
            text=str(row.product),
            url=reverse("placement_detail", args=[row.pk]),
            state=str(row.get_status_display()),
            tone=PLACEMENT_TONES.get(row.status, "neutral"),
        )
        found.add(node, Ref("allocation", row.allocation_id))


def _starts(scope: Scope, case: _Case, found: Found) -> None:
    rows = DeliveryStart.objects.visible_to(scope).filter(placement__in=case["placement"])
    for row in rows:
        case["start"].add(row.pk)
        node = Node(
            ref=Ref("start", row.pk),
            at=row.recorded_at,
            title=_("Start of care on %(day)s") % {"day": date_long(row.begin_date)},
            text=_how(row),
            url=reverse("placement_detail", args=[row.placement_id]),
            state=_("taken back") if row.withdrawn_at else _("reported"),
            tone="neutral" if row.withdrawn_at else "positive",
        )
        found.add(node, Ref("placement", row.placement_id))
        if row.message_id is not None:
            # The software reported it because of the placement.
            found.links.add((Ref("placement", row.placement_id), Ref(RECEIVED, row.message_id)))


def _stops(scope: Scope, case: _Case, found: Found) -> None:
    rows = DeliveryStop.objects.visible_to(scope).filter(start__in=case["start"])
    for row in rows.select_related("start__placement"):
        case["stop"].add(row.pk)
        placement = row.start.placement
        node = Node(
            ref=Ref("stop", row.pk),
            at=row.recorded_at,
            title=_("End of care on %(day)s") % {"day": date_long(row.end_date)},
            text=f"{stop_reason_text(placement.family, row.reason)} · {_how(row)}",
            url=reverse("placement_detail", args=[placement.pk]),
            state=_("taken back") if row.withdrawn_at else _("reported"),
            tone="neutral" if row.withdrawn_at else "positive",
        )
        found.add(node, Ref("start", row.start_id))
        if row.message_id is not None:
            found.links.add((Ref("start", row.start_id), Ref(RECEIVED, row.message_id)))


def _how(row: DeliveryStart | DeliveryStop) -> str:
    return _("reported by message") if row.message_id else _("reported in the portal")


def _links(scope: Scope, case: _Case, found: Found) -> None:
    """The messages about all of it, on the side of cause or of effect."""
    about = Q()
    for kind in OBJECTS:
        about |= Q(**{f"{kind}__in": case[kind]})
    rows = MessageLink.objects.visible_to(scope).filter(about)
    for kind, incoming, outgoing, *objects in rows.values_list(
        "kind", "incoming", "outgoing", *OBJECTS
    ):
        message = Ref(RECEIVED, incoming) if incoming else Ref(SENT, outgoing)
        subject = next(
            Ref(name, pk) for name, pk in zip(OBJECTS, objects, strict=True) if pk is not None
        )
        found.links.add((message, subject) if kind == _MADE else (subject, message))
