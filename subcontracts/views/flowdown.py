"""Duties of a municipal contract beside what each subcontract makes of them, and clauses below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core import export
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import days_of
from subcontracts.flowdown_words import duty_text, own_text, state_text
from subcontracts.models import ClauseReading, Subcontract, SubcontractClause
from subcontracts.models.upward_terms import READERS
from subcontracts.rules.flowdown import State
from subcontracts.selectors.flowdown import Matrix, Row, duties_of, matrix
from subcontracts.selectors.questions import readings_of
from subcontracts.services import clauses
from subcontracts.upward_date_forms import ClauseForm, EndForm
from subcontracts.views.contract_page import contract_page
from subcontracts.views.upward_tabs import FORM_METHODS, contract_of, page

_PAGE = "municipal_contract_flowdown"
_OPEN: Final = (State.MISSING, State.WEAKER)


class FlowdownFilter(PlainForm):
    """Which part of the matrix."""

    hides_optional = True
    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Everything")),
            ("open", gettext_lazy("Only what does not come back")),
        ],
    )
    subcontract = forms.TypedChoiceField(
        label=gettext_lazy("Subcontract"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, found: Matrix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["subcontract"]
        choice.choices = [
            ("", _("All")),
            *((str(row.subcontract.pk), _name(row.subcontract)) for row in found.rows),
        ]


@dataclass(frozen=True)
class _Cell:
    """One line: a duty above or something below, and what became of it."""

    subcontract: Subcontract
    above: str
    below: str
    is_open: bool


@roles(*sorted(READERS))
@require_safe
def municipal_contract_flowdown(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """All duties for all subcontracts, or as a file."""
    scope, contract = request.scope, contract_of(request, pk)
    found = matrix(scope, contract)
    form = FlowdownFilter(request.GET, scope=scope, found=found)
    # A filter that cannot be used finds nothing, and says so at its field.
    chosen = _chosen(found, form.cleaned_data["subcontract"]) if form.is_valid() else []
    cells = list(_cells(chosen, form.cleaned_data.get("show", "")))
    if kind := request.GET.get("_export"):
        return _file(request, cells, kind)
    return page(
        request,
        contract,
        _PAGE,
        title=_("Duties passed on under %(contract)s") % {"contract": contract.name},
        lead=_("Each duty of the municipality, and where it comes back in each subcontract."),
        actions=[(_("Download as Excel"), f"?{_query(request)}_export=xlsx", "secondary")],
        alerts=_alerts(found),
        filters=form,
        submit_label=_("Show"),
        tables=[
            _table(found, cells),
            _without_cause(chosen),
        ],
    )


def _query(request: ScopedRequest) -> str:
    typed = request.GET.copy()
    typed.pop("_export", None)
    return f"{typed.urlencode()}&" if typed else ""


def _name(subcontract: Subcontract) -> str:
    return f"{subcontract.number} · {subcontract.provider_organisation.name}"


def _cells(rows: list[Row], show: str) -> Iterator[_Cell]:
    for row in rows:
        for one in row.passed:
            is_open = one.state in _OPEN
            if is_open or show != "open":
                yield _Cell(row.subcontract, duty_text(one.duty), state_text(one), is_open)


def _chosen(found: Matrix, subcontract: int | None) -> list[Row]:
    return [row for row in found.rows if subcontract in (None, row.subcontract.pk)]


def _alerts(found: Matrix) -> list[tuple[str, str, str]]:
    missing = sum(row.missing for row in found.rows)
    if not found.duties or not found.rows or missing:
        return []
    title = _("Every duty comes back in every subcontract")
    text = _("Nothing more is needed. New terms of the municipal contract are checked here too.")
    return [("positive", title, text)]


def _table(found: Matrix, cells: list[_Cell]) -> dict[str, Any]:
    missing = sum(row.missing for row in found.rows)
    caption = ngettext(
        "Duties of the municipality (%(count)s does not come back as it should)",
        "Duties of the municipality (%(count)s do not come back as they should)",
        missing,
    ) % {"count": missing}
    empty = _("Nothing to show.")
    if not found.duties:
        empty = _("No duties are known. Record the terms and reports of this contract first.")
    return {
        "caption": caption,
        "headers": [_("Duty above"), _("Subcontract"), _("Comes back as")],
        "rows": [(cell.above, _link(cell.subcontract), _state(cell)) for cell in cells],
        "empty": empty,
    }


def _state(cell: _Cell) -> str:
    """What is open stands out."""
    if not cell.is_open:
        return cell.below
    return render_to_string("components/badge.html", {"label": cell.below, "tone": "warning"})


def _link(subcontract: Subcontract) -> SafeString:
    url = reverse("subcontract_detail", args=[subcontract.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _name(subcontract))


def _without_cause(chosen: list[Row]) -> dict[str, Any]:
    rows = []
    for row in chosen:
        rows += [(f"{one.code} {one.title}", _link(row.subcontract)) for one in row.clauses]
        rows += [(own_text(one), _link(row.subcontract)) for one in row.fields]
    return {
        "caption": _("In subcontracts without a cause above"),
        "headers": [_("What"), _("Subcontract")],
        "rows": rows,
        "empty": _("Everything in the subcontracts has a cause in the municipal contract."),
    }


def _file(request: ScopedRequest, cells: list[_Cell], kind: str) -> HttpResponseBase:
    if kind not in export.KINDS:
        raise Http404
    columns = [
        export.Column(_("Duty above"), lambda cell: cell.above),
        export.Column(_("Subcontract"), lambda cell: cell.subcontract.number),
        export.Column(_("Subcontractor"), lambda cell: cell.subcontract.provider_organisation.name),
        export.Column(_("Comes back as"), lambda cell: cell.below),
        export.Column(_("In order"), lambda cell: str(_("no")) if cell.is_open else str(_("yes"))),
    ]
    return export.stream(request.scope, cells, columns, kind=kind, name="doorgelegde-plichten")


# Clauses of a subcontract


def clause_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """The clauses, for the page of a subcontract."""
    rows = list(contract.clauses.visible_to(scope))
    read = readings_of(scope, rows)
    can_change = may_change and contract.status not in Subcontract.FIXED
    headers = [_("Clause"), _("Text"), _("Period"), _("Question")]
    return {
        "caption": _("Clauses"),
        "headers": [*headers, _("Change")] if can_change else headers,
        "rows": [
            (
                f"{row.code} {row.title}",
                row.text,
                days_of(row.start_date, row.end_date),
                _ask_links(row, read[row.pk]),
                *([_end_link(row)] if can_change else []),
            )
            for row in rows
        ],
    }


def _ask_links(row: SubcontractClause, readings: list[ClauseReading]) -> SafeString:
    """How the clause is read, where that was published, and the way to ask."""
    links = [
        (reverse("reading_detail", args=[one.pk]), _("Reading: %(subject)s") % {"subject": one})
        for one in readings
    ]
    links.append((f"{reverse('question_new')}?clause={row.pk}", _("Ask a question")))
    return format_html_join(" · ", '<a class="ha-link" href="{}">{}</a>', links)


def _end_link(row: SubcontractClause) -> SafeString:
    url = reverse("clause_end", args=[row.pk])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, _("Take out"))


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_clause_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add a clause to a subcontract, or put another text in its place from a day on."""
    scope = request.scope
    rows = Subcontract.objects.visible_to(scope).select_related("municipal_contract")
    contract = get_object_or_404(rows, pk=pk)
    duties = [(duty.key, duty_text(duty)) for duty in duties_of(scope, contract.municipal_contract)]
    form = ClauseForm(
        request.POST or None,
        scope=scope,
        duties=duties,
        initial={"start_date": max(scope.today, contract.start_date)},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            clauses.set_clause(scope=scope, subcontract=contract, facts=form.facts)
            messages.success(request, _("The clause is set."))
            return redirect("subcontract_detail", pk)
    next_text = _("A clause with the same number ends the day before.")
    return contract_page(
        request,
        contract,
        title=_("Add a clause"),
        form=form,
        submit_label=_("Set clause"),
        next_text=next_text,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def clause_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a clause hold no longer."""
    rows = SubcontractClause.objects.visible_to(request.scope).select_related("subcontract")
    clause = get_object_or_404(rows, pk=pk)
    contract = clause.subcontract
    form = EndForm(
        request.POST or None, scope=request.scope, initial={"end_date": request.scope.today}
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            clauses.end_clause(scope=request.scope, clause=clause, **form.values)
            messages.success(request, _("The clause is taken out."))
            return redirect("subcontract_detail", contract.pk)
    title = _("Take clause %(clause)s out") % {"clause": clause.code}
    next_text = _("It holds up to and including this day. Out of a draft it goes altogether.")
    return contract_page(
        request,
        contract,
        title=title,
        form=form,
        submit_label=_("Take clause out"),
        next_text=next_text,
    )
