"""Emergency access: an administrator opens one client; contract managers see that it was done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.exchange import content, reading
from messaging.exchange.selectors import document_of
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts import policies
from subcontracts.filters import EmergencyFilter
from subcontracts.forms import EmergencyForm
from subcontracts.models import Client, EmergencyAccess
from subcontracts.models.clients import EMERGENCY_LASTS
from subcontracts.selectors import emergency as selectors
from subcontracts.services import emergency
from subcontracts.tables import EmergencyTable
from subcontracts.views.clients import facts_of

READERS = frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})
MINUTES = int(EMERGENCY_LASTS.total_seconds() // 60)


def _may_know_client(request: ScopedRequest) -> bool:
    """A contract manager may; an administrator only while the access is open."""
    return request.scope.role == Role.CONTRACT_MANAGER


class EmergencyList(ListPage):
    """All uses, newest first."""

    model = EmergencyAccess
    table_class = EmergencyTable
    filterset_class = EmergencyFilter
    related = ("user",)
    roles = READERS
    title = gettext_lazy("Emergency access")
    lead = gettext_lazy("When an administrator saw the data of a client, and why.")
    empty_title = gettext_lazy("Nobody has used emergency access")
    empty_text = gettext_lazy("Each use is listed here, with its reason.")
    export_name = "noodtoegang"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("client") if _may_know_client(self.request) else rows

    def get_table_kwargs(self) -> dict[str, Any]:
        return {} if _may_know_client(self.request) else {"exclude": ("client",)}

    def primary(self) -> Action | None:
        if self.request.scope.role != Role.ADMINISTRATOR:
            return None
        return Action(_("Use emergency access"), reverse("emergency_open"))


@roles(Role.ADMINISTRATOR)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def emergency_open(request: ScopedRequest) -> HttpResponse:
    """Ask for one client and the reason, then whether that is meant, then open."""
    form = EmergencyForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            return _ask(request)
        try:
            access = emergency.open_access(
                scope=request.scope, sought=form.sought, reason=form.values["reason"]
            )
        except RuleError as refusal:
            form.add_error(None, refusal.message)
        else:
            if access.client_id is not None:
                return redirect("emergency_detail", pk=access.pk)
            form.add_error(
                None,
                _(
                    "No client of your organisation has this number. "
                    "Check it and try again; this search is in the log."
                ),
            )
    page = {
        "title": _("Use emergency access"),
        "lead": _("For when somebody is in danger and nobody who knows the client can be reached."),
        "submit_label": _("Go on"),
        "cancel_url": reverse("emergency_list"),
        "next_text": _("On the next page you read what happens, and confirm."),
        "breadcrumbs": _above(),
    }
    return render(request, "generic/form.html", {"form": form, **page})


def _ask(request: ScopedRequest) -> HttpResponse:
    page = {
        "title": _("Open the data of this client?"),
        "consequences": [
            _("All contract managers get a mail now, and it stands on their work list."),
            _("Your name and your reason stay in the log, with each page you open."),
            _("You see this one client, for %(minutes)s minutes. After that you ask again.")
            % {"minutes": MINUTES},
        ],
        "form": EmergencyForm(request.POST, scope=request.scope, hidden=True),
        "submit_label": _("Open the client's data"),
        "cancel_url": reverse("emergency_list"),
        "breadcrumbs": _above(),
    }
    return render(request, "subcontracts/emergency_confirm.html", page)


def _above(access: EmergencyAccess | None = None) -> list[tuple[str, str]]:
    found = [(_("Emergency access"), reverse("emergency_list"))]
    if access is not None:
        found.append((title_of(access), reverse("emergency_detail", args=[access.pk])))
    return found


def title_of(access: EmergencyAccess) -> str:
    """Names nobody."""
    return _("Emergency access of %(moment)s") % {"moment": moment_nl(access.opened_at)}


class EmergencyDetail(DetailPage):
    """One use: who, when and why. Whoever opened it sees the client here until it ends."""

    model = EmergencyAccess
    related = ("user", "reviewed_by")
    roles = READERS
    template_name = "subcontracts/emergency_detail.html"

    def log_view(self, row: EmergencyAccess) -> None:
        """The client is shown only while the access is open, and each time logged."""
        self.client = selectors.client_of(self.request.scope, row)
        if self.client is not None:
            emergency.log_look(scope=self.request.scope, access=row, what="client")

    def get_title(self) -> str:
        return title_of(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _above()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, access, client = self.request.scope, self.object, self.client
        return super().get_context_data(
            client=client,
            client_facts=[(_("BSN"), client.bsn or "–"), *facts_of(client)] if client else [],
            message_lines=selectors.messages_about(scope, client) if client else [],
            facts=self._facts(),
            known=self._known(),
            minutes=MINUTES,
            is_over=access.client_id is not None and client is None,
            may_reopen=scope.role == Role.ADMINISTRATOR and access.user_id == scope.user_id,
            may_review=allowed(policies.check_can_review_emergency, scope, access),
            **kwargs,
        )

    def _facts(self) -> list[tuple[str, str]]:
        access = self.object
        facts = [
            (_("By"), f"{access.user.name} ({access.user.email})"),
            (_("Reason"), access.reason),
            (_("Opened"), moment_nl(access.opened_at)),
            (_("Until"), moment_nl(access.until)),
        ]
        if access.client_id is None:
            facts.append((_("Client"), _("nobody found")))
        if access.reviewed_by is not None:
            reviewed = f"{access.reviewed_by.name}, {moment_nl(access.reviewed_at)}"
            facts.append((_("Reviewed"), reviewed))
        return facts

    def _known(self) -> Client | None:
        """The client, for a contract manager: by number, with the page that logs a look."""
        if not _may_know_client(self.request) or self.object.client_id is None:
            return None
        visible = Client.objects.visible_to(self.request.scope)
        return visible.filter(pk=self.object.client_id).first()


@roles(Role.ADMINISTRATOR)
@require_POST
def emergency_message(request: ScopedRequest, pk: int) -> HttpResponse:
    """Read one message about the client, or take its XML; by POST, since each look is logged."""
    scope = request.scope
    access = get_object_or_404(EmergencyAccess.objects.visible_to(scope), pk=pk)
    client = selectors.client_of(scope, access)
    row = selectors.message(scope, client, request.POST.get("message", "")) if client else None
    if row is None:
        messages.error(
            request, _("This message cannot be opened: your time is over, or it is not there.")
        )
        return redirect("emergency_detail", pk=pk)
    if "xml" in request.POST:
        emergency.log_look(scope=scope, access=access, what="xml")
        return _as_file(row)
    emergency.log_look(scope=scope, access=access, what="message")
    parts, more = reading.sections(document_of(row), masked=False)
    page = {
        "title": row.name,
        "breadcrumbs": _above(access),
        "access": access,
        "sections": parts,
        "more": more,
    }
    return render(request, "subcontracts/emergency_message.html", page)


def _as_file(row: IncomingMessage | OutgoingMessage) -> HttpResponse:
    name = f"{row.name}-{row.pk:08d}.xml"
    return attachment(content.opened(row), name, "application/octet-stream")


@roles(Role.ADMINISTRATOR)
@require_POST
def emergency_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """End one's own access before its time."""
    access = get_object_or_404(EmergencyAccess.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        emergency.end(scope=request.scope, access=access)
        messages.success(request, _("Your emergency access has ended."))
    return redirect("emergency_list")


@roles(Role.CONTRACT_MANAGER)
@require_POST
def emergency_review(request: ScopedRequest, pk: int) -> HttpResponse:
    """Note that a contract manager looked into it."""
    access = get_object_or_404(EmergencyAccess.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        emergency.review(scope=request.scope, access=access)
        messages.success(request, _("You reviewed this emergency access."))
    return redirect("emergency_detail", pk=pk)
