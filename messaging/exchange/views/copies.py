"""Copies to municipalities: what went in copy, and what did not arrive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ListPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE
from messaging.exchange import policies
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.filters import CopyFilter
from messaging.exchange.services import copies
from messaging.exchange.tables import CopyTable


class CopyList(ListPage):
    """Newest first, each with the message that it is the copy of."""

    model = MessageCopy
    table_class = CopyTable
    filterset_class = CopyFilter
    roles = CARE
    title = gettext_lazy("Copies to municipalities")
    lead = gettext_lazy(
        "What was exchanged under the code of a municipality, and went to its case system in copy."
    )
    empty_title = gettext_lazy("No copies yet")
    empty_text = gettext_lazy(
        "They are made where we allocate under a mandate. Who allocates is set on the contract."
    )
    export_name = "afschriften"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the messages, without their content."""
        found: QuerySet[Any] = rows.with_messages()  # type: ignore[attr-defined]
        return found


@roles(*policies.ATTENDANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def copy_resend(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put a copy back in line that could not be delivered, once that was confirmed."""
    row = get_object_or_404(MessageCopy.objects.visible_to(request.scope).with_messages(), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            copies.resend(scope=request.scope, copy_id=pk)
            messages.success(request, _("The copy is sent again. Reload the page in a moment."))
        return redirect("message_attention")
    may = allowed(policies.check_can_resend_copy, request.scope, row)
    context = {
        "title": _("Send this copy again?"),
        "lead": f"{row.original.name} · {row.municipality}",
        "consequences": [row.last_error, _("The same copy goes out again, under the same name.")]
        if may
        else [],
        "nothing": "" if may else _("This copy needs no attention any more."),
        "submit_label": _("Send it again"),
        "cancel_url": reverse("message_attention"),
        "breadcrumbs": [(_("Needs attention"), reverse("message_attention"))],
    }
    return render(request, "generic/confirm.html", context)
