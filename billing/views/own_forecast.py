"""The forecast of one subcontract, as the subcontractor itself reads it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_safe

from billing.forecast_charts import added_up
from billing.money_words import driver_sentence, form_name
from billing.selectors.own_forecast import OwnForecast, Part, own_forecast
from billing.views.access import READERS
from hoofdaannemer.core import mandates, workbooks
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import XLSX_TYPE
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.models import FundingLine, Subcontract


@roles(*sorted(READERS))
@require_safe
def subcontract_forecast(request: ScopedRequest, pk: int) -> HttpResponse:
    """So far, committed and expected, against the ceiling."""
    subcontract = _found(request, pk)
    found = own_forecast(request.scope, subcontract)
    is_known = found is not None and bool(found.parts)
    context: dict[str, Any] = {
        "title": _("Forecast of %(year)s") % {"year": request.scope.today.year},
        "lead": _("What this contract will come to, by what is known and how care went lately."),
        **_way_back(request.scope, subcontract),
        "xlsx_url": reverse("subcontract_forecast_xlsx", args=[pk]) if is_known else "",
        "found": is_known,
    }
    if found and is_known:
        context |= {
            "figures": _figures(found),
            "alert": _alert(found),
            "driver": driver_sentence(found.driver, found.product.name if found.product else ""),
            "chart": added_up(
                found.months, _("This contract, added up over the year"), found.ceiling or ZERO,
                _("room"),
            ),
            "table": _table(found),
        }  # fmt: skip
    return render(request, "billing/own_forecast.html", context)


@roles(*sorted(READERS))
@require_GET
def subcontract_forecast_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same figures, for who computes on; empty for a contract that does not run this year."""
    subcontract = _found(request, pk)
    found = own_forecast(request.scope, subcontract)
    heading = (
        *(_("Form"), _("Product"), _("So far"), _("Committed"), _("Running care")),
        *(_("Care to begin"), _("Expected"), _("Computed by")),
    )
    rows = [
        (
            form_name(one.form),
            one.product.code if one.product else "",
            *(one.declared, one.committed, one.running, one.begins, one.expected),
            _basis(one),
        )
        for one in (found.parts if found else ())
    ]
    months = [
        (str(month), so_far, still) for month, so_far, still in (found.months if found else ())
    ]
    content = workbooks.book(
        {
            _("Forecast"): [heading, *rows],
            _("Months"): [(_("Month"), _("So far"), _("Still expected")), *months],
        }
    )
    return attachment(
        content, f"prognose-{request.scope.today.year}-{subcontract.number}.xlsx", XLSX_TYPE
    )


def _found(request: ScopedRequest, pk: int) -> Subcontract:
    return get_object_or_404(Subcontract.objects.visible_to(request.scope), pk=pk)


def _way_back(scope: Scope, subcontract: Subcontract) -> dict[str, Any]:
    """To the contract; an office that may not open it goes to the statements."""
    if not mandates.covers_page(scope, "subcontract_detail"):
        statements = (_("Monthly statements"), reverse("statement_list"))
        return {
            "breadcrumbs": [statements],
            "back_url": statements[1],
            "back_label": _("Back to the statements"),
        }
    contract = reverse("subcontract_detail", args=[subcontract.pk])
    return {
        "breadcrumbs": [
            (_("Subcontracts"), reverse("subcontract_list")),
            (subcontract.number, contract),
        ],
        "back_url": contract,
        "back_label": _("Back to the contract"),
    }


def _figures(found: OwnForecast) -> list[tuple[str, str, str]]:
    figures = [
        (_("So far"), format_euro(found.declared), _("approved and recorded of the year")),
        (
            _("Committed"),
            format_euro(found.committed),
            _("so far, and all that runs if all of it is given"),
        ),
        (
            _("Expected"),
            format_euro(found.expected),
            _("so far, what runs as far as it is used, and what will begin"),
        ),
    ]
    if found.ceiling is not None:
        figures.append(
            (
                _("Left of the ceiling"),
                format_euro(found.ceiling - found.counted),
                _("of %(ceiling)s, by what is expected that counts for it")
                % {"ceiling": format_euro(found.ceiling)},
            )
        )
    return figures


def _alert(found: OwnForecast) -> tuple[str, str, str]:
    """Tone, title and what to do, about the ceiling."""
    if found.ceiling is None:
        return "information", _("This contract has no ceiling."), ""
    if found.reached_in is None:
        return "positive", _("The ceiling will not be passed this year, as it looks now."), ""
    words = {"month": month_nl(found.reached_in)}
    return (
        "warning",
        _("The ceiling is passed in %(month)s, as it looks now") % words,
        _(
            "What lies above it is held until something is agreed. Talk with the main contractor"
            " before that month about a higher ceiling or about care that is exempt."
        ),
    )


def _basis(part: Part) -> str:
    """How the months ahead were computed; nothing for forms that no use is measured of."""
    if part.form != FundingLine.Form.PXQ:
        return ""
    if not part.years:
        return _("plain average")
    years = {"years": part.years}
    return ngettext("season of %(years)s year", "season of %(years)s years", part.years) % years


def _named(part: Part) -> str:
    name = part.product.name if part.product else form_name(part.form)
    basis = _basis(part)
    return f"{name} ({basis})" if basis else name


def _table(found: OwnForecast) -> dict[str, Any]:
    columns = [
        [one.declared for one in found.parts],
        [one.committed for one in found.parts],
        [one.running for one in found.parts],
        [one.begins for one in found.parts],
        [one.expected for one in found.parts],
    ]
    return {
        "caption": _("By form and product"),
        "headers": [
            *(_("Form and product"), _("So far"), _("Still committed"), _("Running care")),
            *(_("Care to begin"), _("Expected")),
        ],
        "rows": [
            (
                _named(one),
                *(format_euro(column[number]) for column in columns),
            )
            for number, one in enumerate(found.parts)
        ],
        "foot": [_("Total"), *(format_euro(sum(column, ZERO)) for column in columns)],
    }
