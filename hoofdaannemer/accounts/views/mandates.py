"""Mandates of administration offices: the list, one of them, and each step."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.accounts import mandate_policies as policies
from hoofdaannemer.accounts.mandate_forms import EndMandateForm, GiveMandateForm, RefuseMandateForm
from hoofdaannemer.accounts.mandate_tables import TONES, OfficeMandateFilter, OfficeMandateTable
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.accounts.models.mandates import READERS, OfficeMandateQuerySet
from hoofdaannemer.accounts.services import mandates
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    shown_refusals,
)
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import days_of

Status = OfficeMandate.Status
EVERYBODY = READERS | SUBCONTRACTOR | {Role.OFFICE_USER}
FORM_METHODS = ["GET", "HEAD", "POST"]
#: In which something may still happen.
OPEN = (Status.GIVEN, Status.TO_COME, Status.IN_FORCE)


class OfficeMandateList(ListPage):
    """Who acts for whom, newest first."""

    model = OfficeMandate
    table_class = OfficeMandateTable
    filterset_class = OfficeMandateFilter
    related = ("provider_organisation", "office")
    roles = EVERYBODY
    title = gettext_lazy("Administration offices")
    lead = gettext_lazy("Which office does the administration of which subcontractor, and what.")
    empty_title = gettext_lazy("Nobody gave a mandate yet")
    empty_text = gettext_lazy(
        "A subcontractor gives one to the office that declares for it; the office accepts it."
    )
    export_name = "machtigingen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return cast(OfficeMandateQuerySet, rows).light().with_status(self.request.scope.at)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Without the side that all rows are of."""
        if self.request.scope.role in SUBCONTRACTOR:
            return {"exclude": ("provider_organisation",)}
        return {"exclude": ("office",)} if self.request.scope.role == Role.OFFICE_USER else {}

    def primary(self) -> Action | None:
        if not allowed(policies.check_can_give, self.request.scope):
            return None
        return Action(_("Give a mandate"), reverse("office_mandate_give"))


class OfficeMandateDetail(DetailPage):
    """One mandate with all that became of it, and what may be done now."""

    model = OfficeMandate
    related = ("provider_organisation", "office", "given_by")
    prefetched = ("steps__by",)
    roles = EVERYBODY
    template_name = "accounts/office_mandate.html"

    def get_queryset(self) -> QuerySet[Any]:
        rows = cast(OfficeMandateQuerySet, super().get_queryset())
        has_document = Q(document__isnull=False)
        rows = rows.light().with_status(self.request.scope.at)
        return rows.annotate(has_document=ExpressionWrapper(has_document, BooleanField()))

    def get_title(self) -> str:
        return str(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Administration offices"), reverse("office_mandate_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, row = self.request.scope, self.object
        is_open = row.status in OPEN
        is_office = allowed(policies.check_can_accept, scope, row)
        return super().get_context_data(
            badge=Status(row.status).label,
            tone=TONES[Status(row.status)],
            facts=_facts(row),
            events=_events(row),
            may_accept=row.status == Status.GIVEN and is_office,
            may_act=row.status == Status.IN_FORCE and is_office,
            may_leave=is_open and is_office,
            may_withdraw=is_open and allowed(policies.check_can_withdraw, scope, row),
            may_refuse=is_open and allowed(policies.check_can_refuse, scope, row),
            has_document=row.has_document,
            **kwargs,
        )


def _facts(row: OfficeMandate) -> list[tuple[str, str]]:
    return [
        (_("Subcontractor"), row.provider_organisation.name),
        (_("Administration office"), f"{row.office.name}, {row.office.kvk}"),
        (_("Covers"), ", ".join(row.subject_labels)),
        (_("Period"), days_of(row.start_date, row.end_date)),
        (_("Rests on"), row.ground),
    ]


def _events(row: OfficeMandate) -> list[dict[str, Any]]:
    """What happened, newest first."""
    given = {
        "at": row.given_at,
        "title": _("Given by the subcontractor"),
        "actor": row.given_by.name if row.given_by else "",
        "tone": "information",
    }
    steps = [
        {
            "at": step.at,
            "title": capfirst(str(step)),
            "text": step.reason,
            "actor": step.by.name if step.by else "",
            "tone": "positive" if step.kind == step.Kind.ACCEPTED else "negative",
        }
        for step in row.steps.all()
    ]
    return [*reversed(steps), given]


@page_roles(Role.SUBCONTRACTOR_ADMIN)
@require_http_methods(FORM_METHODS)
def give(request: ScopedRequest) -> HttpResponse:
    """Let an office do one's administration."""
    form = GiveMandateForm(request.POST or None, request.FILES or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = mandates.give(scope=request.scope, mandate=form.mandate)
            messages.success(request, _("Given. It holds once the office has accepted it."))
            return redirect(made)
    return form_page(
        request,
        title=_("Give a mandate to an administration office"),
        form=form,
        submit_label=_("Give the mandate"),
        above=[(_("Administration offices"), reverse("office_mandate_list"))],
        next_text=_(
            "The office gets mail and accepts it. From then on its people do for you what you"
            " chose. You see everything they do, and can withdraw it at any moment."
        ),
    )


@page_roles(Role.OFFICE_USER)
@require_POST
def accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a mandate up."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        mandates.accept(scope=request.scope, mandate=row)
        messages.success(
            request,
            _("Accepted. %(name)s is among your practices now.")
            % {"name": row.provider_organisation.name},
        )
    return redirect(row)


@page_roles(Role.OFFICE_USER)
@require_http_methods(FORM_METHODS)
def leave(request: ScopedRequest, pk: int) -> HttpResponse:
    """Decline a mandate, or give it back."""
    row = _found(request.scope, pk)
    form = EndMandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            mandates.leave(scope=request.scope, mandate=row, **form.values)
            messages.success(request, _("You no longer act for this subcontractor."))
        return redirect(row)
    question = _("Do you not act for %(name)s, or no longer?")
    return _ending(
        request,
        row,
        form,
        question % {"name": row.provider_organisation.name},
        _("Give the mandate back"),
        [_("Your office loses access to this subcontractor at once.")],
    )


@page_roles(Role.SUBCONTRACTOR_ADMIN)
@require_http_methods(FORM_METHODS)
def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take it away, at once."""
    row = _found(request.scope, pk)
    form = EndMandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            mandates.withdraw(scope=request.scope, mandate=row, **form.values)
            messages.success(
                request,
                _("Withdrawn. %(name)s can do nothing for you any more.")
                % {"name": row.office.name},
            )
        return redirect(row)
    question = _("Withdraw the mandate of %(name)s?")
    return _ending(
        request,
        row,
        form,
        question % {"name": row.office.name},
        _("Withdraw the mandate"),
        [
            _("The office is shut out at its next click, also where it is at work now."),
            _("What it handed in for you stays, and you do the rest yourself."),
        ],
    )


@page_roles(*sorted(READERS))
@require_http_methods(FORM_METHODS)
def refuse(request: ScopedRequest, pk: int) -> HttpResponse:
    """Refuse an office, where a contract provides for it."""
    row = _found(request.scope, pk)
    form = RefuseMandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            mandates.refuse(scope=request.scope, mandate=row, **form.values)
            messages.success(request, _("Refused. Both are told, with your reason."))
        return redirect(row)
    question = _("Refuse %(office)s as the office of %(name)s?")
    return _ending(
        request,
        row,
        form,
        question % {"office": row.office.name, "name": row.provider_organisation.name},
        _("Refuse the office"),
        [
            _("The office loses access at once, also where it is at work now."),
            _("The subcontractor reads your reason, and can give a mandate to another office."),
        ],
    )


@page_roles(*sorted(EVERYBODY))
@require_safe
def document(request: ScopedRequest, pk: int) -> HttpResponse:
    """The signed mandate; 404 where none was added."""
    row = get_object_or_404(OfficeMandate.objects.visible_to(request.scope), pk=pk)
    if row.document is None:
        raise Http404
    return attachment(bytes(row.document), f"machtiging-{row.pk}.pdf")


def _found(scope: Scope, pk: int) -> OfficeMandate:
    rows = OfficeMandate.objects.visible_to(scope).light()
    return get_object_or_404(rows.select_related("provider_organisation", "office"), pk=pk)


def _ending(
    request: ScopedRequest,
    row: OfficeMandate,
    form: PlainForm,
    title: str,
    label: str,
    consequences: list[str],
) -> HttpResponse:
    """The question before a mandate ends, or that it has ended."""
    stands = OfficeMandate.objects.visible_to(request.scope).open(request.scope.at)
    is_open = stands.filter(pk=row.pk).exists()
    context = {
        "title": title,
        "form": form if is_open else None,
        "consequences": consequences if is_open else [],
        "nothing": "" if is_open else _("This mandate has ended already."),
        "submit_label": label,
        "cancel_url": row.get_absolute_url(),
        "danger": True,
        "breadcrumbs": [
            (_("Administration offices"), reverse("office_mandate_list")),
            (str(row), row.get_absolute_url()),
        ],
    }
    return render(request, "generic/confirm.html", context)
