"""Requests for allocation: the form, the list, and sending one up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl, period_of
from messaging.istandaard.codelists import code_list
from subcontracts import policies, words
from subcontracts.filters import RequestFilter
from subcontracts.forms import RequestForm
from subcontracts.models import AllocationRequest
from subcontracts.services import requests
from subcontracts.tables import REQUEST_TONES, RequestTable
from subcontracts.views.identity import (
    facts_for,
    listed,
    log_look,
    related_for,
    sees_client,
    table_kwargs,
)

READERS = frozenset((STAFF - {Role.ADMINISTRATOR}) | SUBCONTRACTOR)
MAKERS = frozenset(CARE | SUBCONTRACTOR)


class RequestList(ListPage):
    """Newest first; a provider sees those it made."""

    model = AllocationRequest
    table_class = RequestTable
    filterset_class = RequestFilter
    related: ClassVar[Sequence[str]] = ("client", "product", "municipality")
    roles = READERS
    title = gettext_lazy("Requests for allocation")
    lead = gettext_lazy("What was asked of municipalities, and what they answered.")
    empty_title = gettext_lazy("No requests yet")
    empty_text = gettext_lazy("Ask for an allocation after a referral.")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def get_table_kwargs(self) -> dict[str, Any]:
        return table_kwargs(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without clients that may not be listed."""
        return listed(self.request.scope, rows)

    def primary(self) -> Action | None:
        """Who may ask gets the button."""
        if self.request.scope.role in MAKERS:
            return Action(_("Request an allocation"), reverse("request_new"))
        return None


class RequestDetail(DetailPage):
    """One request."""

    model = AllocationRequest
    related: ClassVar[Sequence[str]] = (
        "client",
        "product",
        "municipality",
        "provider_organisation",
    )
    roles = READERS
    purpose = "request.page"
    template_name = "subcontracts/request_detail.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def log_view(self, row: AllocationRequest) -> None:
        """The page says what care is asked for this client."""
        log_look(self.request.scope, row, self.purpose)

    def get_title(self) -> str:
        return _("Request %(reference)s") % {"reference": self.object.reference}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Requests for allocation"), reverse("request_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, and the two things that can be done with a waiting request."""
        scope, row = self.request.scope, self.object
        return super().get_context_data(
            tone=REQUEST_TONES.get(row.status, "neutral"),
            facts=_facts(scope, row),
            may_send=allowed(policies.check_can_send_up, scope, row),
            may_see_client=scope.role in MAKERS | {Role.CONTROLLER},
            **kwargs,
        )


def _facts(scope: Scope, row: AllocationRequest) -> list[tuple[str, str]]:
    organisation = row.provider_organisation
    facts = [
        *facts_for(scope, _("Client"), row),
        (_("Product"), str(row.product)),
        (_("How much"), words.extent_text(row)),
        (_("Period"), period_of(row.start_date, row.end_date)),
        (_("Municipality"), row.municipality.name),
        (_("Asked by"), organisation.name if organisation else _("our own access")),
        (_("Referred by"), code_list("COD327").label(row.referrer_type)),
        (_("Made"), moment_nl(row.recorded_at)),
    ]
    if row.sent_at:
        facts.append((_("Sent"), moment_nl(row.sent_at)))
    if row.comment and sees_client(scope):
        facts.append((_("Remark"), row.comment))
    return facts


@roles(*sorted(MAKERS))
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: ScopedRequest) -> HttpResponse:
    """Ask for an allocation from one form."""
    form = RequestForm(request.POST or None, scope=request.scope)
    own = request.scope.role in CARE
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            draft = form.draft
            made = requests.request_allocation(
                scope=request.scope,
                main_contractor_id=draft.product.main_contractor_id,
                draft=draft,
            )
            messages.success(request, _("The request is sent.") if own else _WAITS)
            return redirect("request_detail", made.pk)
    context = {
        "title": _("Request an allocation"),
        "lead": _("After a legal referral (youth) or advice of the local team (Wmo)."),
        "form": form,
        "submit_label": _("Send request") if own else _("Hand in request"),
        "cancel_url": reverse("request_list"),
        "next_text": _("The municipality answers within 5 working days.") if own else _WAITS,
        "breadcrumbs": [(_("Requests for allocation"), reverse("request_list"))],
    }
    return render(request, "generic/form.html", context)


_WAITS = gettext_lazy("The main contractor looks at the request and sends it on.")


@roles(*sorted(CARE))
@require_POST
def request_send(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take up a subcontractor's request, or send a mended one again."""
    row = get_object_or_404(AllocationRequest.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        requests.send_up(scope=request.scope, request=row)
        messages.success(request, _("The request is sent."))
    return redirect("request_detail", pk)


@roles(*sorted(CARE))
@require_POST
def request_dismiss(request: ScopedRequest, pk: int) -> HttpResponse:
    """Do not take up a request."""
    row = get_object_or_404(AllocationRequest.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        requests.dismiss(scope=request.scope, request=row)
        messages.success(request, _("The request is not taken up."))
    return redirect("request_detail", pk)
