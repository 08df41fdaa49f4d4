"""Contacts per subject: the list of both sides, and keeping one's own."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import django_filters
import django_tables2
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.tables import PeriodColumn, Table
from subcontracts.contact_forms import ContactForm
from subcontracts.models import Subcontractor, SubjectContact
from subcontracts.services import contacts

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
EVERYBODY: Final = STAFF | SUBCONTRACTOR
KEEPERS: Final = SUBCONTRACTOR | {Role.CONTRACT_MANAGER, Role.ADMINISTRATOR}


def whose(row: SubjectContact) -> str:
    """The organisation that one reaches."""
    own = row.provider_organisation
    return own.name if own else row.main_contractor.organisation.name


def _change_url(record: SubjectContact, table: Any) -> str | None:
    """Where the own side changes it; None for the other side."""
    owner = (record.main_contractor_id, record.provider_organisation_id)
    if not allowed(contacts.check_can_keep, table.request.scope, *owner):
        return None
    return reverse("contact_change", args=[record.pk])


class ContactTable(Table):
    """By subject."""

    subject = django_tables2.Column(verbose_name=gettext_lazy("Subject"))
    whose = django_tables2.Column(verbose_name=gettext_lazy("Organisation"), empty_values=())
    name = django_tables2.Column(verbose_name=gettext_lazy("Name"), linkify=_change_url)
    job = django_tables2.Column(verbose_name=gettext_lazy("Job"))
    mail = django_tables2.EmailColumn(verbose_name=gettext_lazy("E-mail address"))
    phone = django_tables2.Column(verbose_name=gettext_lazy("Phone number"))
    period = PeriodColumn(verbose_name=gettext_lazy("Period"))

    class Meta:
        model = SubjectContact
        fields: ClassVar = ("subject", "whose", "name", "job", "mail", "phone", "period")

    def render_whose(self, record: SubjectContact) -> str:
        return whose(record)

    value_whose = render_whose

    def value_mail(self, value: str) -> str:
        return value


class ContactFilter(FilterSet):
    """By subject, and those of today."""

    today = django_filters.BooleanFilter(label=gettext_lazy("Holds today"), method="by_day")

    class Meta:
        model = SubjectContact
        fields = ("subject", "today")

    def by_day(self, rows: Any, name: str, value: bool) -> Any:
        """Those whose days include today, or the others."""
        scope = self.request.scope
        held = SubjectContact.objects.visible_to(scope).in_force_on(scope.today).values("pk")
        return rows.filter(pk__in=held) if value else rows.exclude(pk__in=held)


class ContactList(ListPage):
    """Both sides' contacts."""

    model = SubjectContact
    table_class = ContactTable
    filterset_class = ContactFilter
    related = ("provider_organisation", "main_contractor__organisation")
    roles = EVERYBODY
    title = gettext_lazy("Contacts per subject")
    lead = gettext_lazy("Whom you call or write, on either side. Each side keeps its own.")
    empty_title = gettext_lazy("No contacts yet")
    empty_text = gettext_lazy("Add whom others reach about declarations, care or incidents.")
    export_name = "contactpersonen"

    def primary(self) -> Action | None:
        """Who keeps the own side's."""
        if self.request.scope.role not in KEEPERS:
            return None
        return Action(_("Add a contact"), reverse("contact_new"))


def contact_table(scope: Scope, row: Subcontractor) -> dict[str, Any]:
    """The contacts of a subcontractor today, for its page."""
    rows = (
        SubjectContact.objects.visible_to(scope)
        .filter(
            main_contractor=row.main_contractor_id,
            provider_organisation=row.provider_organisation_id,
        )
        .in_force_on(scope.today)
    )
    return {
        "caption": _("Contacts per subject"),
        "headers": [_("Subject"), _("Name"), _("Job"), _("E-mail address"), _("Phone number")],
        "rows": [
            (
                str(one.get_subject_display()),
                one.name,
                one.job or "–",
                one.mail or "–",
                one.phone or "–",
            )
            for one in rows
        ],
    }


@roles(*sorted(KEEPERS))
@require_http_methods(FORM_METHODS)
def contact_new(request: ScopedRequest) -> HttpResponse:
    """Add a contact of the own side."""
    scope = request.scope
    form = ContactForm(
        request.POST or None, scope=scope, is_new=True, initial={"start_date": scope.today}
    )
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data.get("to")
        with shown_refusals(request):
            contacts.add(
                scope=scope,
                main_contractor_id=to.main_contractor_id if to else scope.main_contractor_id,
                organisation_id=scope.organisation_id or None,
                facts=form.facts,
            )
            messages.success(request, _("The contact is added. Both sides see it."))
            return redirect("contact_list")
    return _page(request, form, _("Add a contact"))


@roles(*sorted(KEEPERS))
@require_http_methods(FORM_METHODS)
def contact_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put a contact of the own side right, or let it end."""
    scope = request.scope
    own = SubjectContact.objects.visible_to(scope).filter(
        provider_organisation=scope.organisation_id or None
    )
    row = get_object_or_404(own, pk=pk)
    names = ("subject", "name", "job", "mail", "phone", "start_date", "end_date")
    initial = {name: getattr(row, name) for name in names}
    form = ContactForm(request.POST or None, scope=scope, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contacts.change(scope=scope, contact=row, facts=form.facts)
            messages.success(request, _("The contact is changed."))
            return redirect("contact_list")
    return _page(request, form, _("Change a contact"))


def _page(request: ScopedRequest, form: ContactForm, title: str) -> HttpResponse:
    url = reverse("contact_list")
    context = {
        "title": title,
        "form": form,
        "submit_label": _("Keep contact"),
        "cancel_url": url,
        "next_text": _("Both sides see it on the list of contacts."),
        "breadcrumbs": [(_("Contacts per subject"), url)],
    }
    return render(request, "generic/form.html", context)
