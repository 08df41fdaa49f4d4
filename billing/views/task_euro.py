"""The whole euro of a task: the page of a year, and its spreadsheet."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from billing import policies
from billing.models import Forecast, OwnTeamRow
from billing.money_words import form_name, name_of
from billing.selectors.task_euro import Part, Source, TaskEuro, task_euro_of
from billing.views.access import MONEY
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, allowed, roles
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import volume
from subcontracts.contract_pages import tabs
from subcontracts.models import MunicipalContract

_NONE: Final = "–"
_PAGE: Final = "municipal_contract_euro"


@roles(*sorted(MONEY))
@require_safe
def municipal_contract_euro(request: ScopedRequest, pk: int) -> HttpResponse:
    """This year."""
    return _page(request, pk, request.scope.today.year)


@roles(*sorted(MONEY))
@require_safe
def municipal_contract_euro_year(request: ScopedRequest, pk: int, year: int) -> HttpResponse:
    """Another year."""
    return _page(request, pk, year)


@roles(*sorted(MONEY))
@require_GET
def municipal_contract_euro_xlsx(request: ScopedRequest, pk: int, year: int) -> HttpResponse:
    """The same as a spreadsheet, with every subcontract and kind of cost."""
    contract = _found(request.scope, pk, year)
    euro = task_euro_of(request.scope, contract, year)
    content = workbooks.book(
        {
            _("In and out"): _summary(euro),
            _("Subcontracts"): [
                (_("Subcontract"), _("Subcontractor"), _("Form"), _("Amount")),
                *((one.number, one.name, form_name(one.form), one.amount) for one in euro.below),
            ],
            _("Invoices"): [(_("Invoicing party"), _("Amount")), *euro.invoiced],
            _("Own teams"): [
                (_("Kind"), _("FTE months"), _("Hours"), _("Amount")),
                *(
                    (
                        str(dict(OwnTeamRow.Kind.choices)[one.kind]),
                        one.fte_months,
                        one.hours,
                        one.amount,
                    )
                    for one in euro.own_costs
                ),
            ],
        }
    )
    return attachment(content, f"taakeuro-{year}-{contract.pk}.xlsx", XLSX_TYPE)


def _summary(euro: TaskEuro) -> list[tuple[object, ...]]:
    yes_no = {True: _("yes"), False: _("no")}
    return [
        (_("What"), _("Direction"), _("Amount"), _("Reaches care")),
        *((name_of(one), _("in"), one.amount, "") for one in euro.comes_in),
        *((name_of(one), _("out"), one.amount, yes_no[one.is_care]) for one in euro.goes_out),
        (_("Not spent"), "", euro.left, ""),
        (_("Reached care"), "", euro.care, ""),
    ]


def _found(scope: Scope, pk: int, year: int) -> MunicipalContract:
    contract = get_object_or_404(MunicipalContract.objects.visible_to(scope), pk=pk)
    if year not in _years(scope, contract):
        raise Http404
    return contract


def _years(scope: Scope, contract: MunicipalContract) -> range:
    """From the first year of the contract to this one, or its last; at least one."""
    last = scope.today.year
    if contract.end_date:
        last = min(last, contract.end_date.year)
    return range(contract.start_date.year, max(last, contract.start_date.year) + 1)


def _page(request: ScopedRequest, pk: int, year: int) -> HttpResponse:
    scope = request.scope
    contract = get_object_or_404(MunicipalContract.objects.visible_to(scope), pk=pk)
    years = _years(scope, contract)
    if year not in years and year != scope.today.year:
        raise Http404
    euro = task_euro_of(scope, contract, year)
    context = {
        "title": _("The whole task in %(year)s") % {"year": year},
        "lead": _("Where every euro of %(contract)s went, and what of it reached care.")
        % {"contract": contract.name},
        "breadcrumbs": [
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, reverse("municipal_contract_detail", args=[pk])),
        ],
        "tabs": tabs(scope, contract, _PAGE),
        "years": [
            (one, reverse("municipal_contract_euro_year", args=[pk, one]), one == year)
            for one in years
        ],
        "figures": _figures(euro, is_over=year < scope.today.year),
        "notes": _notes(scope, contract, euro),
        "bars": [_bar(euro, one) for one in sorted(euro.goes_out, key=_largest) if one.amount > 0],
        "into": _into(euro),
        "out": _out(scope, contract, euro),
        "xlsx_url": reverse("municipal_contract_euro_xlsx", args=[pk, year])
        if year in years
        else "",
    }
    return render(request, "billing/task_euro.html", context)


def _largest(part: Part) -> Any:
    return -part.amount


def _figures(euro: TaskEuro, *, is_over: bool) -> list[tuple[str, str, str]]:
    """Label, value, and what to know about it."""
    return [
        (_("Came in"), format_euro(euro.total_in), _("budget of the whole year, and by the unit")),
        (
            _("Went out"),
            format_euro(euro.total_out),
            _("in the whole year") if is_over else _("in the months that are known so far"),
        ),
        (
            _("Reached care"),
            _cents(euro.of_out(euro.care)),
            _("of each euro that went out"),
        ),
        (_("Not spent"), format_euro(euro.left), _share(euro.of_in(euro.left))),
    ]


def _cents(percent: Any) -> str:
    """A percentage of a euro is as many cents."""
    return _NONE if percent is None else _("%(cents)s cent") % {"cents": volume(percent)}


def _share(percent: Any) -> str:
    if percent is None:
        return ""
    return _("%(percent)s %% of what came in") % {"percent": volume(percent)}


def _notes(scope: Scope, contract: MunicipalContract, euro: TaskEuro) -> list[str]:
    """What one should know to read the figures right."""
    notes = [
        _(
            "Care is what subcontractors and residents with a personal budget got, and what own"
            " teams spent on people in care and other costs of care."
            " What a subcontractor itself spends on overhead is not known here."
        )
    ]
    over = scope.today.month - 1 if euro.year == scope.today.year else 12
    if euro.own_months < over:
        text = _("Own teams reported %(told)s of %(months)s months: costs may lack.")
        notes.append(text % {"told": euro.own_months, "months": over})
    if euro.kept:
        text = _(
            "%(amount)s of subcontractors' prices was kept for coordination: it is not in out."
        )
        notes.append(text % {"amount": format_euro(euro.kept)})
    newest = Forecast.objects.visible_to(scope).filter(contract=contract, year=euro.year).first()
    if newest and euro.year == scope.today.year:
        text = _("Subcontracts are expected to come to %(amount)s by the end of the year.")
        notes.append(text % {"amount": format_euro(newest.expected)})
    return notes


def _bar(euro: TaskEuro, part: Part) -> dict[str, Any]:
    """How many cents of each euro that went out."""
    percent = euro.of_out(part.amount) or 0
    return {
        "label": name_of(part),
        "percent": min(max(int(percent), 0), 100),
        "text": f"{_cents(euro.of_out(part.amount))} ({format_euro(part.amount)})",
    }


def _into(euro: TaskEuro) -> dict[str, Any]:
    return {
        "caption": _("Came in"),
        "headers": [_("What"), _("Amount")],
        "rows": [(name_of(one), format_euro(one.amount)) for one in euro.comes_in],
        "foot": [_("Total"), format_euro(euro.total_in)],
    }


def _out(scope: Scope, contract: MunicipalContract, euro: TaskEuro) -> dict[str, Any]:
    return {
        "caption": _("Went out"),
        "headers": [_("What"), _("Amount"), _("Of each euro"), _("Reaches care")],
        "rows": [
            (
                name_of(one),
                format_euro(one.amount),
                _cents(euro.of_out(one.amount)),
                _("yes") if one.is_care else _("no"),
            )
            for one in euro.goes_out
        ],
        "foot": [_("Total"), format_euro(euro.total_out), "", ""],
        "links": _evidence(scope, contract, euro),
    }


def _evidence(scope: Scope, contract: MunicipalContract, euro: TaskEuro) -> list[tuple[str, str]]:
    """Pages on which the amounts stand one by one."""
    of_year = f"?month={euro.year}"
    links = [
        (_("Budget with its adjusters"), reverse("municipal_contract_budget", args=[contract.pk]))
    ]
    if any(one.source == Source.OWN_TEAM for one in euro.goes_out):
        url = f"{reverse('own_team_report_list')}{of_year}&contract={contract.pk}"
        links.append((_("Months of own teams"), url))
    if euro.invoiced:
        links.append((_("Invoices"), reverse("invoice_list")))
    links.append((_("Monthly statements"), f"{reverse('statement_list')}{of_year}"))
    links.append((_("Side by side"), reverse("municipal_contract_wall", args=[contract.pk])))
    if allowed(policies.check_can_settle, scope, contract.main_contractor_id):
        of_contract = f"?contract={contract.pk}&year={euro.year}"
        settle = reverse("upward_settlement_new") + of_contract
        links.append((_("Settle this year with the municipalities"), settle))
    return links
