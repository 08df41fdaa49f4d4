"""Messages made by hand: which one, its form, the check while one types, and mending one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.exchange import policies, selectors
from messaging.exchange.entry import registry, typed, values
from messaging.exchange.entry.checking import Remark, below
from messaging.exchange.entry.desk import DESTINATION, MENDS, NUMBER, Desk, opened
from messaging.exchange.entry.shown import anchor_of, labels, shown, shown_place
from messaging.exchange.kinds import kind_text
from messaging.exchange.models import IncomingMessage
from messaging.exchange.services import handwritten
from messaging.exchange.services.identification import is_identification, next_identification
from messaging.istandaard import MESSAGE_TYPES, Family, Message, MessageType

ROLES: Final = tuple(sorted(policies.SENDERS))
_KEY: Final = re.compile("[0-9]{1,15}")
_NAME: Final = re.compile("(wmo|jw)([0-9]{3})")


@roles(*ROLES)
@require_GET
def entry_list(request: ScopedRequest) -> HttpResponse:
    """What this person may make by hand, each with what it is for and where it is easier."""
    makers = registry.makers_for(request.scope)
    # Most makers have the same destinations.
    laws = {
        ask: [family for family in Family if ask(request.scope, family)]
        for ask in {maker.destinations for maker in makers}
    }
    context = {
        "title": _("Make a message by hand"),
        "lead": _("For who has no software of its own, or wants to see the message itself."),
        "breadcrumbs": [(_("Message traffic"), reverse("message_list"))],
        "makers": [_choice(maker, laws[maker.destinations]) for maker in makers],
        "elsewhere": registry.elsewhere_for(request.scope),
    }
    return render(request, "messaging/entry_list.html", context)


def _choice(maker: registry.Maker, laws: Sequence[Family]) -> dict[str, Any]:
    return {
        "number": maker.number,
        "title": kind_text(maker.number),
        "purpose": maker.purpose,
        "usual_url": reverse(maker.usual),
        "usual_label": maker.usual_label,
        "laws": [
            (family.upper(), reverse("message_entry", args=[f"{family}{maker.number}"]))
            for family in laws
        ],
    }


@roles(*ROLES)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: ScopedRequest, message_type: str) -> HttpResponse:
    """The form of one message: shown, made longer or shorter, checked, or sent."""
    kind, maker = _found(request.scope, message_type)
    if request.method == "POST":
        return _posted(request, _desk(request, kind, maker))
    given: Mapping[str, str] = {}
    if (about := request.GET.get("over", "")) and maker.begin is not None:
        begun = maker.begin(request.scope, kind.family, _key(about))
        audit.looked_at(request.scope, begun.clients, "message.entry")
        given = {**typed.values_of(begun.message), DESTINATION: begun.destination_key}
    return _page(request, opened(request.scope, kind, maker, given, _number(request.scope, maker)))


@roles(*ROLES)
@sensitive_post_parameters()
@require_POST
def entry_check(request: ScopedRequest, message_type: str) -> HttpResponse:
    """What is wrong with the form as it stands, and its document; nothing is kept or looked up."""
    kind, maker = _found(request.scope, message_type)
    return render(request, "messaging/entry_panel.html", _panel(_desk(request, kind, maker)))


@roles(*SUBCONTRACTOR)
@require_GET
def mend(request: ScopedRequest, pk: int) -> HttpResponse:
    """The form with a message that was made by hand and refused, to be corrected and sent anew."""
    row = get_object_or_404(IncomingMessage.objects.visible_to(request.scope), pk=pk)
    try:
        policies.check_can_mend(request.scope, row)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    document = selectors.document_of(row)
    if document.message is None:
        raise Http404
    kind, maker = _found(request.scope, row.name.lower())
    clients = selectors.clients_in(request.scope, row, document)
    audit.looked_at(request.scope, clients, "message.entry")
    given = {
        **typed.values_of(document.message),
        DESTINATION: f"{row.main_contractor_id}-{document.message.header.receiver}",
        MENDS: str(row.pk),
    }
    desk = opened(request.scope, kind, maker, given, _number(request.scope, maker))
    findings = [Remark(below(one.path), one.text, one.rule, one.code) for one in row.findings.all()]
    return _page(request, desk, findings)


def _found(scope: Scope, name: str) -> tuple[MessageType, registry.Maker]:
    """The message type of an address. 404 where there is none, 403 where it is not made so."""
    parts = _NAME.fullmatch(name)
    kind = MESSAGE_TYPES.get((Family(parts[1]), parts[2])) if parts else None
    if kind is None:
        raise Http404
    maker = registry.maker_for(scope, kind.number)
    if maker is None:
        raise PermissionDenied(_("Your role does not make this message by hand."))
    return kind, maker


def _key(text: str) -> int:
    if not _KEY.fullmatch(text):
        raise Http404
    return int(text)


def _number(scope: Scope, maker: registry.Maker, posted: str = "") -> str:
    """The identification of the message: kept while the form goes to and fro."""
    if maker.numbered_later:
        return ""
    if is_identification(posted):
        return posted
    return next_identification(scope, scope.main_contractor_id)


def _desk(request: ScopedRequest, kind: MessageType, maker: registry.Maker) -> Desk:
    number = _number(request.scope, maker, request.POST.get(NUMBER, ""))
    return opened(request.scope, kind, maker, request.POST.dict(), number)


def _posted(request: ScopedRequest, desk: Desk) -> HttpResponse:
    posted = request.POST
    if "_add" in posted:
        return _longer(request, desk, posted["_add"])
    if "_remove" in posted:
        shorter = values.without_item(desk.kind, desk.values, posted["_remove"])
        return _page(request, desk.with_values(shorter), desk.with_values(shorter).checked().wrong)
    checked = desk.checked()
    if "_send" in posted and checked.message is not None and desk.destination is not None:
        with shown_refusals(request):
            return _sent(request, desk, desk.destination, checked.message)
    # Sent and refused as a whole: the refusal says why, and the form is not called good.
    return _page(request, desk, checked.remarks, is_judged="_send" not in posted)


def _sent(
    request: ScopedRequest, desk: Desk, destination: registry.Destination, message: Message
) -> HttpResponse:
    """To the page of what the message became, with its verdict and its answer."""
    made = desk.maker.send(request.scope, destination, message)
    received = made if isinstance(made, IncomingMessage) else None
    if received is not None and _KEY.fullmatch(desk.mends):
        handwritten.mended(scope=request.scope, earlier_id=int(desk.mends), by=received)
    if received is not None and received.state == IncomingMessage.State.REJECTED:
        messages.warning(request, _("The message was sent and came back with errors."))
    else:
        messages.success(request, _("The message was sent. Below stands what became of it."))
    return redirect(made.get_absolute_url())


def _longer(request: ScopedRequest, desk: Desk, path: str) -> HttpResponse:
    longer = desk.with_values(values.with_item(desk.kind, desk.values, path))
    if longer.values == desk.values:
        messages.error(
            request, _("This message is as long as a form can be. Send what does not fit apart.")
        )
    return _page(request, longer, longer.checked().wrong)


def _page(
    request: ScopedRequest, desk: Desk, remarks: Sequence[Remark] = (), *, is_judged: bool = False
) -> HttpResponse:
    """The form with these remarks at its fields; `is_judged` after a check that was asked for."""
    title = f"{kind_text(desk.kind.number).capitalize()} ({desk.kind})"
    form = shown(
        desk.kind,
        desk.values,
        remarks,
        desk.scope.today,
        given_later=desk.maker.given_later,
    )
    action = reverse("message_entry", args=[desk.kind.name.lower()])
    context = {
        "title": title,
        "lead": desk.maker.purpose,
        "breadcrumbs": [
            (_("Message traffic"), reverse("message_list")),
            (_("Make a message by hand"), reverse("message_entry_list")),
        ],
        "desk": desk,
        "form": form,
        "action": action,
        "next_text": desk.maker.next_text,
        "check_url": reverse("message_entry_check", args=[desk.kind.name.lower()]),
        "usual_url": reverse(desk.maker.usual),
        "names": {"destination": DESTINATION, "number": NUMBER, "mends": MENDS},
        "destination_remarks": [one for one in remarks if one.path == DESTINATION],
        "destination_anchor": anchor_of(DESTINATION),
        "told": _told(form, remarks),
        "is_judged": is_judged,
        **_panel(desk),
    }
    return render(request, "messaging/entry.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """A remark with the place it is about: its label, and the id to go to, empty for no place."""

    remark: Remark
    label: str
    anchor: str


def _told(form: Any, remarks: Sequence[Remark]) -> list[Told]:
    named = {**labels(form), DESTINATION: _("For whom")}
    told = []
    for remark in remarks:
        place = shown_place(remark.path, named)
        told.append(Told(remark, named.get(place, ""), anchor_of(place) if place else ""))
    return told


def _panel(desk: Desk) -> dict[str, Any]:
    """What stands beside the form."""
    checked = desk.checked()
    form = shown(desk.kind, desk.values, (), desk.scope.today)
    return {
        "facts": desk.facts(),
        "wrong": _told(form, checked.wrong),
        "missing": _told(form, checked.missing),
        "xml": checked.xml,
    }
