"""The forecast of a contract: the newest, how it looked before, its file, and words on warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from billing import policies
from billing.forecast_charts import added_up
from billing.forecast_forms import NoteForm
from billing.models import Forecast, ForecastRow, ForecastWarning
from billing.money_words import driver_sentence, form_name
from billing.selectors.forecasts import By, Group, earlier, groups, newest
from billing.services import forecasts as services
from billing.views.access import MONEY, tab
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import ScopedRequest, allowed, form_page, roles, shown_refusals
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import moment_nl, month_nl
from subcontracts.contract_pages import tabs
from subcontracts.models import MunicipalContract

_NONE: Final = "–"
_PAGE: Final = "municipal_contract_forecast"
_BY: Final[Mapping[By, Callable[[], str]]] = {
    By.SUBCONTRACT: lambda: _("By subcontract"),
    By.PRODUCT: lambda: _("By product"),
    By.MUNICIPALITY: lambda: _("By municipality"),
}


@roles(*sorted(MONEY))
@require_safe
def municipal_contract_forecast(request: ScopedRequest, pk: int) -> HttpResponse:
    """The newest look ahead of the running year."""
    contract = get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)
    return _page(request, contract, newest(request.scope, contract))


@roles(*sorted(MONEY))
@require_safe
def forecast_detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """One that was made before."""
    found = _found(request, pk)
    return _page(request, found.contract, found)


@roles(*sorted(MONEY))
@require_POST
def municipal_contract_forecast_make(request: ScopedRequest, pk: int) -> HttpResponse:
    """Compute it from what is known now."""
    contract = get_object_or_404(MunicipalContract.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        services.make(scope=request.scope, contract=contract)
        messages.success(request, _("Computed from what is known now."))
    return redirect(_PAGE, pk=pk)


@roles(*sorted(MONEY))
@require_GET
def forecast_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """Every row, for who computes on."""
    found = _found(request, pk)
    rows = ForecastRow.objects.visible_to(request.scope).filter(forecast=found)
    related = rows.select_related("subcontract__provider_organisation", "product", "municipality")
    heading = (
        *(_("Subcontract"), _("Subcontractor"), _("Form"), _("Product"), _("Municipality")),
        *(_("So far"), _("Committed"), _("Running care"), _("Care to begin"), _("Expected")),
    )
    content = workbooks.book(
        {
            _("Forecast"): [
                heading,
                *(
                    (
                        one.subcontract.number,
                        one.subcontract.provider_organisation.name,
                        form_name(one.form),
                        one.product.code if one.product else "",
                        one.municipality.name if one.municipality else "",
                        *(one.declared, one.committed, one.running, one.begins),
                        one.declared + one.running + one.begins,
                    )
                    for one in related
                ),
            ],
            _("Months"): [
                (_("Month"), _("So far"), _("Still expected")),
                *((month, Decimal(known), Decimal(still)) for month, known, still in found.months),
            ],
        }
    )
    return attachment(content, f"prognose-{found.year}-{found.pk}.xlsx", XLSX_TYPE)


@roles(*sorted(MONEY))
@require_http_methods(["GET", "HEAD", "POST"])
def forecast_warning_note(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what is done about a limit that will be passed."""
    warning = get_object_or_404(
        ForecastWarning.objects.visible_to(request.scope).select_related(
            "forecast__contract", "subcontract__provider_organisation", "product"
        ),
        pk=pk,
    )
    contract = warning.forecast.contract
    form = NoteForm(request.POST or None, initial={"text": warning.note})
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            services.note(scope=request.scope, warning=warning, text=form.cleaned_data["text"])
            messages.success(request, _("Written down. It leaves the work lists."))
        return redirect(_PAGE, pk=contract.pk)
    return form_page(
        request,
        title=_title_of(warning),
        form=form,
        submit_label=_("Write it down"),
        above=[
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, reverse(_PAGE, args=[contract.pk])),
        ],
        next_text=_(
            "It stays with the warning in the next forecasts, until the limit comes nearer."
        ),
    )


def _found(request: ScopedRequest, pk: int) -> Forecast:
    rows = Forecast.objects.visible_to(request.scope).select_related("contract")
    return get_object_or_404(rows, pk=pk)


def _page(
    request: ScopedRequest, contract: MunicipalContract, found: Forecast | None
) -> HttpResponse:
    scope = request.scope
    may_make = allowed(policies.check_can_forecast, scope, contract.main_contractor_id)
    context: dict[str, Any] = {
        "title": _("Forecast of %(year)s") % {"year": found.year if found else scope.today.year},
        "lead": _("What the year will come to, by what is known and by how care went lately."),
        "breadcrumbs": [
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, reverse("municipal_contract_detail", args=[contract.pk])),
        ],
        "tabs": tabs(scope, contract, _PAGE),
        "may_make": may_make,
        "contract": contract,
        "forecast": found,
    }
    if found:
        by = _chosen(request)
        context |= {
            "figures": _figures(found),
            "warnings": [_warning(one) for one in _warnings(request, found)],
            "by_tabs": _by_tabs(found, by),
            "table": _table(by, groups(scope, found, by)),
            "chart": _chart(found),
            "seasons": _seasons(request, found),
            "history": _history(request, found),
            "made": moment_nl(found.made_at),
        }
    return render(request, "billing/forecast.html", context)


def _chosen(request: ScopedRequest) -> By:
    try:
        return By(request.GET.get("per", By.SUBCONTRACT))
    except ValueError:
        return By.SUBCONTRACT


def _by_tabs(found: Forecast, by: By) -> list[dict[str, object]]:
    url = reverse("forecast_detail", args=[found.pk])
    return [tab(name(), f"{url}?per={one}", is_active=one is by) for one, name in _BY.items()]


def _figures(found: Forecast) -> list[tuple[str, str, str]]:
    others = found.own_teams + found.invoiced
    left = found.comes_in - found.expected - others
    return [
        (_("So far"), format_euro(found.declared), _("approved and recorded of the year")),
        (
            _("Committed"),
            format_euro(found.declared + found.committed),
            _("so far, and all that runs if all of it is given"),
        ),
        (
            _("Expected"),
            format_euro(found.expected),
            _("so far, what runs as far as it is used, and what will begin"),
        ),
        (
            _("Left of the budget"),
            format_euro(left),
            _("after own teams and invoices, expected at %(amount)s")
            % {"amount": format_euro(others)},
        ),
    ]


def _warnings(request: ScopedRequest, found: Forecast) -> list[ForecastWarning]:
    rows = ForecastWarning.objects.visible_to(request.scope).filter(forecast=found)
    return list(rows.select_related("subcontract__provider_organisation", "product", "noted_by"))


def _title_of(one: ForecastWarning) -> str:
    month = month_nl(Month.of(one.reached_in))
    if one.subcontract is None:
        return _("The budget is passed in %(month)s") % {"month": month}
    name = one.subcontract.provider_organisation.name
    return _("The ceiling of %(name)s is passed in %(month)s") % {"name": name, "month": month}


def _warning(one: ForecastWarning) -> dict[str, Any]:
    text = _("Expected %(expected)s, of %(limit)s.") % {
        "expected": format_euro(one.expected),
        "limit": format_euro(one.limit),
    }
    driver = driver_sentence(one.driver, one.product.name if one.product else "")
    noted = one.noted_by.name if one.noted_by else ""
    return {
        "pk": one.pk,
        "title": _title_of(one),
        "text": f"{text} {driver}",
        "note": f"{noted}: {one.note}" if one.note else "",
    }


def _table(by: By, found: list[Group]) -> dict[str, Any]:
    is_contract = by is By.SUBCONTRACT
    headers = [
        *(_BY[by](), _("So far"), _("Still committed")),
        *(_("Running care"), _("Care to begin")),
        *(_("Expected"), *([_("Ceiling")] if is_contract else [])),
    ]
    columns = [
        [one.declared for one in found],
        [one.committed for one in found],
        [one.running for one in found],
        [one.begins for one in found],
        [one.expected for one in found],
    ]
    return {
        "caption": capfirst(_BY[by]()),
        "headers": headers,
        "rows": [
            (
                _name(one),
                *(format_euro(column[number]) for column in columns),
                *([_ceiling(one)] if is_contract else []),
            )
            for number, one in enumerate(found)
        ],
        "foot": [
            _("Total"),
            *(format_euro(sum(column, ZERO)) for column in columns),
            *([""] if is_contract else []),
        ],
    }


def _name(one: Group) -> str:
    if one.subcontract is None:
        return one.name
    url = reverse("subcontract_detail", args=[one.subcontract])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, one.name)


def _ceiling(one: Group) -> str:
    if one.ceiling is None:
        return _NONE
    words = {"ceiling": format_euro(one.ceiling)}
    if one.counted > one.ceiling:
        return _("%(ceiling)s (passed)") % words
    return words["ceiling"]


def _chart(found: Forecast) -> dict[str, Any]:
    """What each month added up to, and what comes in beside it."""
    months = [(Month.parse(name), Decimal(so), Decimal(still)) for name, so, still in found.months]
    limit = found.comes_in - found.own_teams - found.invoiced
    return added_up(months, _("Subcontracts, added up over the year"), limit, _("room"))


def _seasons(request: ScopedRequest, found: Forecast) -> str:
    """Of which products the season was taken; the others by the plain average."""
    rows = ForecastRow.objects.visible_to(request.scope).filter(forecast=found, years__gt=0)
    known = dict(rows.order_by("product__name").values_list("product__name", "years"))
    if not known:
        return _("Every month by the plain average: no whole year of a product lies behind.")
    named = ", ".join(f"{name} ({years})" for name, years in known.items())
    return _(
        "By the season of the years behind (how many): %(products)s. All else by the plain average."
    ) % {"products": named}


def _history(request: ScopedRequest, found: Forecast) -> dict[str, Any]:
    """How the year was expected to end, month by month."""
    rows = list(earlier(request.scope, found))
    return {
        "caption": _("How it was expected before"),
        "headers": [_("Seen in"), _("So far"), _("Committed"), _("Expected"), _("Comes in")],
        "rows": [
            (
                format_html(
                    '<a class="ha-link" href="{}">{}</a>',
                    one.get_absolute_url(),
                    month_nl(Month.of(one.seen_in)),
                ),
                *map(format_euro, (one.declared, one.committed, one.expected, one.comes_in)),
            )
            for one in rows
        ],
    }
