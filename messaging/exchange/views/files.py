"""Messages as files: handed in, and taken out as they came or went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import SUBCONTRACTOR
from messaging.exchange import content, policies, selectors
from messaging.exchange.forms import UploadForm
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.services import imports


def _download(request: ScopedRequest, row: Any) -> HttpResponse:
    clients = selectors.clients_in(request.scope, row, selectors.document_of(row))
    audit.looked_at(request.scope, clients, "message.downloaded")
    name = f"{row.name or 'document'}-{row.pk:08d}.xml"
    return attachment(content.opened(row), name, "application/octet-stream")


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
