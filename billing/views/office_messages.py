"""Declarations as messages (323) that an office checks and hands in for its practices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from billing.office_file_forms import OfficeMessagesForm
from billing.services import office_messages
from billing.services.office_messages import Told
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Role, Scope


@roles(Role.OFFICE_USER)
@require_http_methods(["GET", "HEAD", "POST"])
def office_message_upload(request: ScopedRequest) -> HttpResponse:
    """Check 323s, or hand them in: each for its own practice, and each by itself."""
    form = OfficeMessagesForm(request.POST or None, request.FILES or None, scope=request.scope)
    context: dict[str, Any] = {
        "title": _("Hand in messages for your practices"),
        "lead": _("Declarations (323) that your software made, each of one practice."),
        "form": form,
        "breadcrumbs": [
            (_("Your practices"), reverse("office_home")),
            (_("Files with rows of several practices"), reverse("office_file_list")),
        ],
    }
    if request.method == "POST" and form.is_valid():
        is_sent = "hand_in" in request.POST
        step = office_messages.hand_in if is_sent else office_messages.check
        rows = [_row(request.scope, step, *one) for one in form.cleaned_data["documents"]]
        context |= {"rows": rows, "is_sent": is_sent}
        if is_sent:
            _say(request, rows)
    return render(request, "billing/office_messages.html", context)


def _row(scope: Scope, step: Callable[..., Told], name: str, raw: bytes) -> dict[str, Any]:
    """One file as the page shows it; what is refused stops no other."""
    row: dict[str, Any] = {"file": plain_name(name)[-80:]}
    try:
        told = step(scope=scope, raw=raw)
    except DomainError as refusal:
        return row | {"is_wrong": True, "label": str(refusal)}
    return row | {
        "is_wrong": told.is_refused,
        "mandate": told.mandate,
        "name": told.mandate.provider_organisation.name,
        "label": _label(told),
        "lines": told.lines,
        "submitted": format_euro(told.submitted),
        "granted": format_euro(told.granted),
    }


def _label(told: Told) -> str:
    codes = ", ".join(told.codes)
    if told.is_refused:
        text = _("refused as a whole")
    elif told.rejected:
        text = ngettext("%(count)s line rejected", "%(count)s lines rejected", told.rejected)
        text = text % {"count": told.rejected}
    else:
        return _("every line is good")
    return f"{text} ({codes})" if codes else text


def _say(request: ScopedRequest, rows: Sequence[dict[str, Any]]) -> None:
    count = sum(1 for row in rows if not row["is_wrong"])
    if count:
        text = ngettext(
            "Handed in: %(count)s declaration.", "Handed in: %(count)s declarations.", count
        )
        messages.success(request, text % {"count": count})
