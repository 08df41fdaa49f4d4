"""Requests to municipalities: the list, one of them, the form for new care, and sending one up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.core.errors import DomainError
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
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.istandaard.codelists import code_list
from subcontracts import policies, words
from subcontracts.answer_forms import DismissForm
from subcontracts.filters import OwnRequestFilter, RequestFilter
from subcontracts.models import Allocation, Authority, CareRequest, RequestedProduct
from subcontracts.request_forms import RequestForm
from subcontracts.selectors import authorities, instead, residences
from subcontracts.selectors import decisions as selector
from subcontracts.selectors.requests import others_open, placed_with_asker
from subcontracts.services import answers, requests
from subcontracts.tables import REQUEST_TONES, RequestedProductTable, RequestTable
from subcontracts.views import mandate
from subcontracts.views.decision_facts import decisions_shown
from subcontracts.views.identity import (
    facts_for,
    listed,
    log_look,
    may_open_client,
    related_for,
    sees_client,
    table_kwargs,
)
from subcontracts.views.placed_elsewhere import to_tell
from subcontracts.views.wanted import facts_of_change, wanted_by

READERS = frozenset((STAFF - {Role.ADMINISTRATOR}) | SUBCONTRACTOR)
MAKERS = frozenset(CARE | SUBCONTRACTOR)


class RequestList(ListPage):
    """Newest first; a provider sees those it made."""

    model = CareRequest
    table_class = RequestTable
    filterset_class = RequestFilter
    related: ClassVar[Sequence[str]] = ("client", "municipality")
    prefetched = CareRequest.GOODS
    roles = READERS
    template_name = "subcontracts/request_list.html"
    title = gettext_lazy("Requests")
    lead = gettext_lazy("What was asked of municipalities, and what they answered.")
    empty_title = gettext_lazy("No requests yet")
    empty_text = gettext_lazy(
        "Ask for an allocation after a referral, or for a change on the page of an allocation."
    )

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def get_filterset_class(self) -> Any:
        return OwnRequestFilter if self.request.scope.role in SUBCONTRACTOR else RequestFilter

    def get_table_kwargs(self) -> dict[str, Any]:
        return table_kwargs(self.request.scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_read_in=self.request.scope.role in CARE, **kwargs)

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

    model = CareRequest
    related: ClassVar[Sequence[str]] = ("client", "municipality", "provider_organisation")
    roles = READERS
    purpose = "request.page"
    template_name = "subcontracts/request_detail.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def log_view(self, row: CareRequest) -> None:
        """The page says what care is asked for this client."""
        log_look(self.request.scope, row, self.purpose)

    def get_title(self) -> str:
        return _("Request %(number)s") % {"number": self.object.number}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Requests"), reverse("request_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, what is asked with the answers, and what can be done with a waiting request."""
        scope, row = self.request.scope, self.object
        asked = _asked(scope, row)
        wanted = wanted_by(scope, row) if row.kind == CareRequest.Kind.CHANGE else None
        may_dismiss = allowed(policies.check_can_dismiss, scope, row)
        authority = authorities.of_request(row, scope.today) if may_dismiss else None
        problem = _refusal(scope, row, authority) if may_dismiss else ""
        problem = problem or (wanted.problem if wanted and may_dismiss else "")
        may_go_on = may_dismiss and not problem
        return super().get_context_data(
            tone=REQUEST_TONES.get(row.status, "neutral"),
            lead=words.request_text(
                row, is_asker=scope.role in SUBCONTRACTOR, is_ours=_is_ours(row, authority)
            ),
            facts=_facts(scope, row, asked),
            products=RequestedProductTable(
                asked, request=self.request, caption=_("What is asked for")
            )
            if wanted is None
            else None,
            wanted=wanted,
            # What does not wait to be sent needs no reason.
            problem=problem,
            may_send=may_go_on and authority is None,
            may_grant=may_go_on and authority is not None,
            is_ours=authority is not None,
            may_dismiss=may_dismiss,
            instead=instead.of(scope, row),
            decisions=decisions_shown(self.request, selector.about_request(scope, row)),
            decides=scope.role in CARE,
            # What is allocated has its decision with the allocation.
            is_all_allocated=bool(asked)
            and all(one.answer == one.Answer.ALLOCATED for one in asked),
            may_see_client=may_open_client(scope, row.client_id),
            elsewhere=[
                text
                for one in asked
                if (text := words.elsewhere_text(one, is_asker=scope.role in SUBCONTRACTOR))
            ],
            with_asker=placed_with_asker(scope, row),
            may_tell_elsewhere=bool(to_tell(scope, asked)),
            **kwargs,
        )


def _is_ours(row: CareRequest, authority: Authority | None) -> bool:
    """Whether we decide on it, or did: what was granted here went up in no message."""
    was_granted = row.sent_at is not None and row.message_id is None
    return authority is not None or was_granted


def _refusal(scope: Scope, row: CareRequest, authority: Authority | None) -> str:
    """Why the request cannot go up now, or be granted where we decide; empty where it can."""
    if authority is not None:
        return mandate.refusal_to_grant(scope, row, authority)
    try:
        policies.check_can_send_up(
            scope,
            row,
            is_another_open=others_open(scope, row),
            elsewhere=residences.elsewhere(scope, row),
            authority=None,
        )
    except DomainError as refusal:
        return str(refusal)
    return ""


def _asked(scope: Scope, row: CareRequest) -> list[RequestedProduct]:
    """The products with the allocations that this scope may see."""
    seen = Prefetch("allocations", queryset=Allocation.objects.visible_to(scope))
    rows = RequestedProduct.objects.visible_to(scope).filter(request=row)
    return list(rows.select_related("product").prefetch_related(seen))


def _facts(
    scope: Scope, row: CareRequest, asked: Sequence[RequestedProduct]
) -> list[tuple[str, str]]:
    organisation = row.provider_organisation
    facts = [
        *facts_for(scope, _("Client"), row),
        (_("Municipality"), row.municipality.name),
        (_("Asked by"), organisation.name if organisation else _("our own access")),
        *_facts_of_referral(row),
        *_facts_of_kind(scope, row, asked),
        (_("Made"), moment_nl(row.recorded_at)),
    ]
    if row.sent_at:
        facts.append((_("Sent"), moment_nl(row.sent_at)))
    if row.status == CareRequest.Status.FAULTY and row.message and scope.role in CARE:
        facts.append((_("The municipality wrote"), row.message.last_error))
    if sees_client(scope):
        remarks = [row.comment, *(one.comment for one in asked)]
        facts += [(_("Remark"), remark) for remark in dict.fromkeys(remarks) if remark]
    return facts


def _facts_of_referral(row: CareRequest) -> list[tuple[str, str]]:
    reference = row.referral_reference
    return [(_("Reference of the referral"), reference)] if reference else []


def _facts_of_kind(
    scope: Scope, row: CareRequest, asked: Sequence[RequestedProduct]
) -> list[tuple[str, str]]:
    if row.kind == CareRequest.Kind.CHANGE:
        return facts_of_change(scope, row)
    referrers = dict.fromkeys(code_list("COD327").label(one.referrer_type) for one in asked)
    return [(_("Referred by"), ", ".join(referrers))]


@roles(*sorted(MAKERS))
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: ScopedRequest) -> HttpResponse:
    """Ask for allocations of one product or more from one form."""
    return asked_on(request, {})


def asked_on(request: ScopedRequest, filled_in: Mapping[str, str]) -> HttpResponse:
    """The form for new care, and what is handed in on it."""
    own = request.scope.role in CARE
    if {"add", "remove"} & request.POST.keys():
        form = RequestForm.retyped(request.POST.dict(), scope=request.scope)
    else:
        form = RequestForm(request.POST or None, scope=request.scope, initial=dict(filled_in))
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            draft = form.draft
            made = requests.request_allocation(
                scope=request.scope,
                main_contractor_id=draft.products[0].product.main_contractor_id,
                draft=draft,
            )
            messages.success(request, _done(own=own, request=made))
            return redirect("request_detail", made.pk)
    context = {
        "title": _("Request an allocation"),
        "lead": _("After a legal referral (youth) or advice of the local team (Wmo)."),
        "form": form,
        "submit_label": _("Send request") if own else _("Hand in request"),
        "cancel_url": reverse("request_list"),
        "next_text": _("The municipality answers within 5 working days.") if own else _WAITS,
        "breadcrumbs": [(_("Requests"), reverse("request_list"))],
    }
    return render(request, "subcontracts/request_new.html", context)


def _done(*, own: bool, request: CareRequest) -> str:
    if not own:
        return str(_WAITS)
    if request.status == CareRequest.Status.RECEIVED:
        return _("The request is recorded. Decide on it now.")
    return _("The request is sent.")


_WAITS = gettext_lazy("The main contractor looks at the request and sends it on.")


@roles(*sorted(CARE))
@require_POST
def request_send(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take up a subcontractor's request, or send a mended one again."""
    row = get_object_or_404(CareRequest.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        requests.send_up(scope=request.scope, request=row)
        messages.success(request, _("The request is sent."))
    return redirect("request_detail", pk)


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def request_dismiss(request: ScopedRequest, pk: int) -> HttpResponse:
    """Do not send a request; a subcontractor is told why."""
    row = get_object_or_404(CareRequest.objects.visible_to(request.scope), pk=pk)
    asker = row.provider_organisation
    typed = request.POST if request.method == "POST" else None
    form = DismissForm(typed, scope=request.scope, request=row)
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            answers.dismiss(scope=request.scope, request=row, **form.values)
            messages.success(request, _("The request is not taken up."))
        return redirect("request_detail", pk)
    url = reverse("request_detail", args=[pk])
    told = _("%(name)s sees why, and so does its software.") % {"name": asker} if asker else ""
    is_ours = authorities.of_request(row, request.scope.today) is not None
    context = {
        "title": _("Refuse this request?") if is_ours else _("Not send this request?"),
        "consequences": [
            text for text in (told, "" if is_ours else _("It cannot be sent after this.")) if text
        ]
        or [_("It cannot be granted after this.")],
        "form": form,
        "submit_label": _("Refuse") if is_ours else _("Do not send request"),
        "danger": True,
        "cancel_url": url,
        "breadcrumbs": [
            (_("Requests"), reverse("request_list")),
            (row.number, url),
        ],
    }
    return render(request, "generic/confirm.html", context)
