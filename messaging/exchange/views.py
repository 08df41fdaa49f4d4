"""Pages of the message traffic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.exchange import content, policies, reading, selectors
from messaging.exchange.filters import IncomingFilter, OutgoingFilter
from messaging.exchange.forms import UploadForm
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import imports, intake, outtray
from messaging.exchange.tables import INCOMING_TONES, OUTGOING_TONES, IncomingTable, OutgoingTable

PARTIES = ("municipality", "provider_organisation")


class _Board(ListPage):
    """Both directions: two tabs of one page."""

    roles = policies.READERS
    related = PARTIES
    template_name = "messaging/board.html"
    empty_title = gettext_lazy("No messages yet")

    def narrowed(self, rows: Any) -> Any:
        return rows.defer("content", "client_hash")

    def primary(self) -> Action | None:
        if self.request.scope.role not in policies.SENDERS:
            return None
        return Action(_("Upload messages"), reverse("message_upload"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [
            (_("Received"), reverse("message_list"), self.model is IncomingMessage),
            (_("Sent"), reverse("sent_message_list"), self.model is OutgoingMessage),
        ]
        shown = [{"label": label, "url": url, "active": active} for label, url, active in tabs]
        return super().get_context_data(tabs=shown, **kwargs)


class MessageList(_Board):
    """What came in."""

    model = IncomingMessage
    table_class = IncomingTable
    filterset_class = IncomingFilter
    title = gettext_lazy("Message traffic")
    lead = gettext_lazy("Every message that came in, with what became of it.")
    empty_text = gettext_lazy("Messages show here as soon as they are received.")
    export_name = "berichten-ontvangen"


class SentMessageList(_Board):
    """What went out."""

    model = OutgoingMessage
    table_class = OutgoingTable
    filterset_class = OutgoingFilter
    title = gettext_lazy("Message traffic")
    lead = gettext_lazy("Every message that was sent, and whether it arrived.")
    empty_text = gettext_lazy("Messages show here as soon as they are sent.")
    export_name = "berichten-verzonden"


class _Detail(DetailPage):
    """One message, readable; each look is logged for the clients in it."""

    roles = policies.READERS
    related = (*PARTIES, "main_contractor__organisation")
    purpose = "message.read"
    template_name = "messaging/detail.html"
    download: ClassVar[str] = ""
    board: ClassVar[str] = "message_list"
    tones: ClassVar[dict[Any, str]] = {}

    def log_view(self, row: Any) -> None:
        self.document = selectors.document_of(row)
        clients = selectors.clients_in(self.request.scope, row, self.document)
        audit.looked_at(self.request.scope, clients, self.purpose)

    def get_title(self) -> str:
        return self.object.name or _("Unknown document")

    def breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [(_("Message traffic"), reverse(self.board))]

    def findings(self) -> list[Any]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, row = self.request.scope, self.object
        parts, more = reading.sections(self.document, masked=scope.role == Role.CONTROLLER)
        marks = reading.marked(parts, [one.path for one in self.findings()])
        can_download = allowed(policies.check_can_read_raw, scope)
        return super().get_context_data(
            facts=self.facts(),
            tone=self.tones.get(row.state, "neutral"),
            findings=[(one, reading.meaning_of(one.code, row.family)) for one in self.findings()],
            sections=[(part, part.path in marks) for part in parts],
            more=more,
            download_url=reverse(self.download, args=[row.pk]) if can_download else "",
            **kwargs,
        )

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            (_("Law"), row.get_family_display() or "—"),
            (_("Other party"), row.municipality or row.provider_organisation or "—"),
            (_("Identification"), row.identification or "—"),
        ]


class MessageDetail(_Detail):
    """A received message."""

    model = IncomingMessage
    download = "message_download"
    tones = INCOMING_TONES

    def findings(self) -> list[Any]:
        return list(self.object.findings.all())

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            *super().facts(),
            (_("Received"), f"{moment_nl(row.received_at)} ({row.get_source_display()})"),
            (_("Judged"), moment_nl(row.handled_at) or "—"),
            (_("Failed attempts"), row.attempts),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, scope = self.object, self.request.scope
        replies = OutgoingMessage.objects.visible_to(scope).filter(in_reply_to=row)
        links: list[tuple[str, Any]] = [
            (_("Our answer"), reply) for reply in replies.defer("content")
        ]
        sent = OutgoingMessage.objects.visible_to(scope).filter(pk=row.answers_id)
        links += [(_("Answers our message"), one) for one in sent.defer("content")]
        earlier = IncomingMessage.objects.visible_to(scope).filter(pk=row.conflicts_with_id)
        links += [(_("Has the identification of"), one) for one in earlier.defer("content")]
        rerun = reverse("message_rerun", args=[row.pk])
        can_rerun = allowed(policies.check_can_rerun, scope, row)
        return super().get_context_data(
            links=links,
            action_url=rerun if can_rerun else "",
            action_label=_("Judge it again"),
            **kwargs,
        )


class SentMessageDetail(_Detail):
    """A sent message."""

    model = OutgoingMessage
    download = "sent_message_download"
    board = "sent_message_list"
    tones = OUTGOING_TONES

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            *super().facts(),
            (_("Made"), moment_nl(row.created_at)),
            (_("Delivered"), moment_nl(row.delivered_at) or "—"),
            (_("Attempts"), row.attempts),
            (_("Accepted"), moment_nl(row.accepted_at) or "—"),
            (_("Refused"), moment_nl(row.refused_at) or "—"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, scope = self.object, self.request.scope
        received = IncomingMessage.objects.visible_to(scope).defer("content")
        links: list[tuple[str, Any]] = [
            (_("Answer of the other side"), one) for one in received.filter(answers=row)
        ]
        links += [(_("Answers"), one) for one in received.filter(pk=row.in_reply_to_id)]
        resend = reverse("sent_message_resend", args=[row.pk])
        can_resend = allowed(policies.check_can_resend, scope, row)
        return super().get_context_data(
            links=links,
            action_url=resend if can_resend else "",
            action_label=_("Send it again"),
            **kwargs,
        )


def _download(request: ScopedRequest, row: Any) -> HttpResponse:
    clients = selectors.clients_in(request.scope, row, selectors.document_of(row))
    audit.looked_at(request.scope, clients, "message.downloaded")
    response = HttpResponse(content.opened(row), content_type="application/octet-stream")
    name = f"{row.name or 'document'}-{row.pk:08d}.xml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@roles(*policies.RAW_READERS)
@require_GET
def download(request: ScopedRequest, pk: int) -> HttpResponse:
    """A received message as it came."""
    return _download(
        request, get_object_or_404(IncomingMessage.objects.visible_to(request.scope), pk=pk)
    )


@roles(*policies.RAW_READERS)
@require_GET
def sent_download(request: ScopedRequest, pk: int) -> HttpResponse:
    """A sent message as it went."""
    return _download(
        request, get_object_or_404(OutgoingMessage.objects.visible_to(request.scope), pk=pk)
    )


@roles(*policies.SENDERS)
@require_http_methods(["GET", "POST"])
def upload(request: ScopedRequest) -> HttpResponse:
    """Hand in messages as files; the page shows what became of each."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, scope=request.scope)
    results: list[imports.Result] = []
    if form.is_bound and form.is_valid():
        results = list(
            imports.take_in(
                scope=request.scope,
                files=form.values["documents"],
                source=IncomingMessage.Source.UPLOAD,
                main_contractor=form.main_contractor,
            )
        )
        _say_how_many(request, results)
    whose = (
        _("Messages of your own organisation.")
        if request.scope.role in SUBCONTRACTOR
        else _("Messages that a municipality sent.")
    )
    context = {
        "form": form,
        "title": _("Upload messages"),
        "lead": whose,
        "submit_label": _("Upload the messages"),
        "cancel_url": reverse("message_list"),
        "next_text": _("Each message is checked at once and answered."),
        "results": results,
        "breadcrumbs": [(_("Message traffic"), reverse("message_list"))],
    }
    return render(request, "messaging/upload.html", context)


def _say_how_many(request: ScopedRequest, results: Sequence[imports.Result]) -> None:
    accepted = sum(result.accepted is True for result in results)
    refused = len(results) - accepted
    if accepted:
        text = ngettext("%(n)s message was accepted.", "%(n)s messages were accepted.", accepted)
        messages.success(request, text % {"n": accepted})
    if refused:
        text = ngettext(
            "%(n)s file needs your attention.", "%(n)s files need your attention.", refused
        )
        messages.warning(request, text % {"n": refused})


@roles(*policies.ATTENDANTS)
@require_GET
def attention(request: ScopedRequest) -> HttpResponse:
    """Messages that stand still until a person does something."""
    context = {
        "title": _("Needs attention"),
        "lead": _("Messages that failed, wait, or were refused."),
        "items": selectors.attention(request.scope),
        "may_open": request.scope.role in policies.READERS,
    }
    return render(request, "messaging/attention.html", context)


@roles(*policies.ATTENDANTS)
@require_POST
def rerun(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Have a received message judged again."""
    get_object_or_404(IncomingMessage.objects.attended_by(request.scope), pk=pk)
    with shown_refusals(request):
        intake.rerun(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is judged again. Reload the page in a moment."))
    return redirect("message_attention")


@roles(*policies.ATTENDANTS)
@require_POST
def resend(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Put a failed message back in line."""
    get_object_or_404(OutgoingMessage.objects.attended_by(request.scope), pk=pk)
    with shown_refusals(request):
        outtray.resend(scope=request.scope, message_id=pk)
        messages.success(request, _("The message is sent again. Reload the page in a moment."))
    return redirect("message_attention")
