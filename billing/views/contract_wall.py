"""Both contracts side by side: what a municipality pays and what goes to subcontractors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from billing.division_words import division_text
from billing.models import OwnTeamRow
from billing.rules.division import findings, percent_of
from billing.selectors.contract_wall import Below, Wall, wall_of, years_of
from billing.views.access import MONEY, tab
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.tables import whole_days
from hoofdaannemer.core.templatetags.core_format import date_nl, period_of, volume
from subcontracts.contract_pages import tabs
from subcontracts.models import BudgetAdjuster, FundingLine, MunicipalContract, Subcontract
from subcontracts.selectors.contract_dates import KINDS, ContractDate, contract_dates
from subcontracts.selectors.coverage import Gap, Lacks

_AHEAD: Final = timedelta(days=366)
_MOST_DATES: Final = 12
_NONE: Final = "–"


@roles(*sorted(MONEY))
@require_safe
def municipal_contract_wall(request: ScopedRequest, pk: int) -> HttpResponse:
    """A year, this one unless another is chosen, made to be printed and hung on a wall."""
    scope = request.scope
    contract = get_object_or_404(MunicipalContract.objects.visible_to(scope), pk=pk)
    years = years_of(scope, contract)
    wall = wall_of(scope, contract, _year(request, years))
    context = {
        "title": _("%(contract)s in %(year)s") % {"contract": contract.name, "year": wall.year},
        "lead": _(
            "What comes in from municipalities beside what goes out, for care of others and of our"
            " own."
        ),
        "breadcrumbs": [
            (_("Municipal contracts"), reverse("municipal_contract_list")),
            (contract.name, reverse("municipal_contract_detail", args=[pk])),
        ],
        "tabs": tabs(scope, contract, "municipal_contract_wall"),
        "years": [tab(str(year), f"?year={year}", is_active=year == wall.year) for year in years]
        if len(years) > 1
        else [],
        "figures": _figures(wall),
        "alerts": _alerts(wall),
        "above": _above(contract, wall),
        "under": _under(wall),
        "beside": _beside_ahead(wall),
        "limits": _limits(wall),
        "bars": [_bar(wall, one) for one in wall.below],
        "tables": [
            _table(wall),
            _by_form(wall),
            _beside(wall),
            _agreed(wall),
            _dates(scope, contract),
        ],
    }
    return render(request, "billing/contract_wall.html", context)


def _year(request: ScopedRequest, years: Sequence[int]) -> int:
    """The year that is asked for; without one this year, or the nearest that the contract has."""
    asked = request.GET.get("year", "")
    if not asked:
        return min(max(request.scope.today.year, years[0]), years[-1])
    if asked not in map(str, years):
        raise Http404
    return int(asked)


def _figures(wall: Wall) -> list[tuple[str, str, str]]:
    """Label, value, and what to know about it."""
    return [
        (
            _("Comes in"),
            format_euro(wall.comes_in),
            _("budget of the year, and paid by the unit so far"),
        ),
        (
            _("Goes to subcontractors"),
            format_euro(wall.expected),
            _("estimate of the whole year; of trajectories only what is due so far"),
        ),
        (
            _("Left"),
            format_euro(wall.left),
            _("after %(own)s of own teams and %(invoiced)s of invoices, expected in the year")
            % {
                "own": format_euro(wall.own_expected),
                "invoiced": format_euro(wall.invoiced_expected),
            },
        ),
    ]


def _alerts(wall: Wall) -> list[tuple[str, str]]:
    """Title and text of what does not fit what comes in, or what was agreed."""
    found = []
    if wall.left < 0:
        text = _("%(out)s is expected to go out, and %(comes)s comes in. See the forecast.")
        values = {"out": format_euro(wall.goes_out), "comes": format_euro(wall.comes_in)}
        found.append((_("More is expected to go out than comes in"), text % values))
    found.extend(division_text(one) for one in findings(wall.division))
    return [*found, *(_gap(row, gaps) for row, gaps in wall.gaps)]


def _gap(row: Subcontract, gaps: Sequence[Gap]) -> tuple[str, str]:
    """The days of one subcontract on which something is not agreed."""
    titles = {
        Lacks.TARIFF: _("No tariff: %(gaps)s."),
        Lacks.LINE: _("Under no funding line: %(gaps)s."),
    }
    parts = [
        text % {"gaps": "; ".join(one.text for one in gaps if one.lacks is lacks)}
        for lacks, text in titles.items()
        if any(one.lacks is lacks for one in gaps)
    ]
    title = _("There is a gap in %(contract)s") % {
        "contract": f"{row.number} · {row.provider_organisation.name}"
    }
    return title, " ".join(parts)


def _above(contract: MunicipalContract, wall: Wall) -> list[tuple[str, str]]:
    kinds = dict(BudgetAdjuster.Kind.choices)
    budget = wall.budget
    return [
        (_("Period"), period_of(contract.start_date, contract.end_date)),
        (_("Budget"), format_euro(budget.base)),
        *(
            (capfirst(str(kinds[line.adjustment.kind])), format_euro(line.adjustment.amount))
            for line in budget.lines
        ),
        (_("Budget after adjusting"), format_euro(budget.total)),
        (_("Declared by the unit so far"), format_euro(wall.by_unit)),
        (_("Comes in"), format_euro(wall.comes_in)),
    ]


def _under(wall: Wall) -> list[tuple[str, str]]:
    forms = wall.by_form()
    labels = dict(FundingLine.Form.choices)
    return [
        (_("Subcontracts"), str(len(wall.below))),
        *(
            (
                _("Entitlements so far: %(form)s") % {"form": labels.get(form, form)},
                format_euro(amount),
            )
            for form, amount in sorted(forms.items())
        ),
        (_("Entitlements so far"), format_euro(wall.so_far)),
        (_("Expected of the year"), format_euro(wall.expected)),
    ]


def _beside_ahead(wall: Wall) -> list[tuple[str, str]]:
    """So far and expected of what goes out without a subcontract."""
    return [
        (_("Own teams so far"), format_euro(wall.own_so_far)),
        (_("Own teams, expected of the year"), format_euro(wall.own_expected)),
        (_("Invoices so far"), format_euro(wall.invoiced_so_far)),
        (_("Invoices, expected of the year"), format_euro(wall.invoiced_expected)),
    ]


def _limits(wall: Wall) -> list[tuple[str, str]]:
    """What the terms say of the division, beside what it is."""
    division = wall.division
    rows = [(_("Goes to subcontractors, of the budget"), _percent(division.below_percent))]
    if division.most_below is not None:
        rows.append((_("At most, as agreed"), f"{volume(division.most_below)} %"))
    if division.least_own is not None:
        rows.append((_("Own delivery at least, as agreed"), f"{volume(division.least_own)} %"))
    rows.append((_("Own teams so far, of all care so far"), _percent(division.own_percent)))
    most_own = _percent(division.room_percent)
    rows.append((_("Left for own delivery at most, of the budget"), most_own))
    rows.append((_("Subcontractors"), str(division.subcontractors)))
    if division.most_subcontractors is not None:
        rows.append((_("Subcontractors at most, as agreed"), str(division.most_subcontractors)))
    return rows


def _percent(value: int | None) -> str:
    return _NONE if value is None else f"{value} %"


def _bar(wall: Wall, one: Below) -> dict[str, Any]:
    """How much of what comes in goes to one subcontract."""
    percent = percent_of(one.expected, wall.comes_in) or 0
    return {
        "label": one.subcontract.provider_organisation.name,
        "percent": min(max(percent, 0), 100),
        "text": f"{format_euro(one.expected)} ({percent} %)",
    }


def _table(wall: Wall) -> dict[str, Any]:
    return {
        "caption": _("What goes to subcontractors in %(year)s") % {"year": wall.year},
        "headers": [
            *(_("Subcontract"), _("Entitlements so far"), _("Expected of the year")),
            *(_("Ceiling"), _("Used")),
        ],
        "rows": [
            (
                _link(one),
                format_euro(one.so_far),
                format_euro(one.expected),
                _ceiling(one.ceiling),
                _used(one),
            )
            for one in wall.below
        ],
        "foot": [
            _("Total"),
            format_euro(wall.so_far),
            format_euro(wall.expected),
            "",
            "",
        ],
        "numbers": True,
        "empty": _("No subcontract runs under it in this year."),
    }


def _link(one: Below) -> str:
    url = reverse("subcontract_detail", args=[one.subcontract.pk])
    name = f"{one.subcontract.number} · {one.subcontract.provider_organisation.name}"
    return format_html('<a class="ha-link" href="{}">{}</a>', url, name)


def _by_form(wall: Wall) -> dict[str, Any]:
    """Entitlements so far of each subcontract, form by form."""
    labels = dict(FundingLine.Form.choices)
    return {
        "caption": _("Entitlements so far, by form"),
        "headers": [_("Subcontract"), _("Form"), _("Entitlements so far")],
        "rows": [
            (_link(one), str(labels.get(form, form)), format_euro(amount))
            for one in wall.below
            for form, amount in sorted(one.by_form.items())
        ],
        "foot": [_("Total"), "", format_euro(wall.so_far)],
        "numbers": True,
        "empty": _("No entitlements are known yet."),
    }


def _beside(wall: Wall) -> dict[str, Any]:
    """What went out without a subcontract: invoices by party, own teams by kind of cost."""
    kinds = dict(OwnTeamRow.Kind.choices)
    invoice, own = _("invoice without a subcontract"), _("own team")
    rows = [
        *((name, invoice, format_euro(amount)) for name, amount in wall.invoiced),
        *((capfirst(str(kinds[one.kind])), own, format_euro(one.amount)) for one in wall.own_costs),
    ]
    total = format_euro(wall.invoiced_so_far + wall.own_so_far)
    return {
        "caption": _("Invoices and own teams so far"),
        "headers": [_("What"), pgettext("of production", "Kind"), _("Amount")],
        "rows": rows,
        "foot": [_("Total"), "", total],
        "numbers": True,
        "empty": _("Nothing was invoiced without a subcontract, and no own team reported."),
    }


def _ceiling(amount: Decimal | None) -> str:
    return _NONE if amount is None else format_euro(amount)


def _used(one: Below) -> str:
    """With a word where the signal of the ceiling is reached."""
    percent = one.ceiling_percent
    if percent is None:
        return _NONE
    if percent >= one.subcontract.ceiling_signal:
        return _("%(percent)s %% (signal)") % {"percent": percent}
    return f"{percent} %"


def _agreed(wall: Wall) -> dict[str, Any]:
    return {
        "caption": _("Consent and duration"),
        "headers": [_("Subcontract"), _("Status"), _("Consent since"), _("Period")],
        "rows": [
            (
                _link(one),
                one.subcontract.get_status_display(),
                date_nl(one.subcontract.consent_on),
                period_of(one.subcontract.start_date, one.subcontract.end_date),
            )
            for one in wall.below
        ],
        "empty": _("No subcontract runs under it in this year."),
    }


def _day(scope: Scope, one: ContractDate) -> str:
    is_late = one.must_act and one.day < scope.today
    return (_("%(day)s (too late)") if is_late else "%(day)s") % {"day": date_nl(one.day)}


def _dates(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    found = contract_dates(scope, first=scope.today, until=scope.today + _AHEAD)
    own = [one for one in found if one.contract == contract.pk]
    return {
        "caption": _("The next dates"),
        "headers": [_("Day"), _("What"), _("For what")],
        "rows": [
            (whole_days(_day(scope, one)), capfirst(str(KINDS[one.kind])), one.text)
            for one in own[:_MOST_DATES]
        ],
        "empty": _("Nothing in the coming year."),
    }
