"""Which municipalities share a contract, since when, and what changes with another division."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.rowforms import name_of
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl, volume
from subcontracts.contract_forms import DivisionForm
from subcontracts.models import MunicipalContract, MunicipalDivision
from subcontracts.rules.divisions import Change, changes
from subcontracts.selectors.divisions import going_on, history, shares_on
from subcontracts.services import divisions, parties
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    Recording,
    contract_of,
    recorded_text,
    seen_form,
)

_BACK = "municipal_contract_duration"


def share_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Who shares the contract today, or on the day nearest to it."""
    return {
        "caption": _("Municipalities"),
        "headers": [_("Municipality"), _("Share")],
        "rows": [
            (part.municipality.name, f"{volume(percent)} %")
            for part, percent in shares_on(contract, scope.today)
        ],
    }


def division_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """All divisions that were recorded, newest first, each with what it changed."""
    rows = history(scope, contract)
    before = [*rows[1:], None]
    return {
        "caption": _("Municipalities and their shares, from day to day"),
        "headers": [_("From"), _("What changed"), _("Source"), _("Recorded")],
        "rows": [
            (
                date_nl(row.start_date),
                "; ".join(_differences(row, other)),
                row.source or "–",
                recorded_text(row),
            )
            for row, other in zip(rows, before, strict=True)
        ],
    }


def _differences(row: MunicipalDivision, other: MunicipalDivision | None) -> Iterable[str]:
    shown = [*row.shares.all(), *(other.shares.all() if other else ())]
    names = {one.part_id: one.part.municipality.name for one in shown}
    found = changes(other.percents if other else {}, row.percents)
    return sorted(_change_text(names[one.of], one) for one in found)


def _change_text(name: str, one: Change) -> str:
    words = {"name": name}
    if one.after is None:
        return _("%(name)s takes part no longer") % words
    words["after"] = volume(one.after)
    if one.before is None:
        return _("%(name)s: %(after)s %%") % words
    words["before"] = volume(one.before)
    return _("%(name)s: %(after)s %% instead of %(before)s %%") % words


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_divide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record who shares the contract from a day on: what changes is shown before it is kept."""
    scope, contract = request.scope, contract_of(request, pk)
    if {"add", "remove"} & request.POST.keys():
        form = DivisionForm.retyped(request.POST.dict(), scope=scope)
    else:
        form = DivisionForm(request.POST or None, scope=scope, initial=_first(scope, contract))
    recording = Recording(
        record=lambda: divisions.divide(
            scope=scope,
            contract=contract,
            start_date=form.cleaned_data["start_date"],
            shares={parties.municipality_of(code): share for code, share in form.shares.items()},
            source=form.cleaned_data["source"],
        ),
        consequences=lambda: _consequences(scope, contract, form),
        done=_("The municipalities and their shares are recorded."),
    )
    return seen_form(
        request,
        contract,
        _BACK,
        recording,
        template="subcontracts/division_form.html",
        title=_("Change municipalities and shares"),
        lead=_("Who takes part from a day on, with shares of 100 percent. Before it, all stays."),
        form=form,
        general=[form["start_date"], form["source"]],
        submit_label=_("Look at what changes"),
        confirm_label=_("Record these shares"),
    )


def _first(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """The form begins with what holds today."""
    rows = shares_on(contract, scope.today)
    found: dict[str, Any] = {"start_date": scope.today, "rows": str(len(rows))}
    for number, (part, percent) in enumerate(rows, start=1):
        found[name_of("municipality", number)] = part.municipality.code
        found[name_of("share", number)] = percent
    return found


def _consequences(scope: Scope, contract: MunicipalContract, form: DivisionForm) -> list[str]:
    """What the change does, in sentences; nothing where there is no change."""
    day, wanted = form.cleaned_data["start_date"], form.shares
    held = shares_on(contract, day)
    names = {part.municipality.code: part.municipality.name for part, _percent in held}
    names |= dict(form.fields["municipality"].choices)  # type: ignore[attr-defined]
    before = {part.municipality.code: percent for part, percent in held}
    different = [code for code in {**before, **wanted} if before.get(code) != wanted.get(code)]
    told = [
        _change_text(names[code], Change(0, before.get(code), wanted.get(code)))
        for code in sorted(different, key=lambda code: names[code])
    ]
    found = [
        _("From %(day)s on: %(changes)s.") % {"day": date_long(day), "changes": "; ".join(told)}
    ]
    return [*found, *_effects(scope, contract, form, before.keys() - wanted.keys())]


def _effects(
    scope: Scope, contract: MunicipalContract, form: DivisionForm, leaving: Iterable[str]
) -> Iterable[str]:
    day = form.cleaned_data["start_date"]
    if later := contract.divisions.filter(start_date__gt=day).order_by("start_date").first():
        text = _("What was recorded for %(day)s holds from that day on, as it was.")
        yield text % {"day": date_long(later.start_date)}
    if count := going_on(scope, contract, leaving, day):
        yield ngettext(
            "%(count)s allocation of who leaves goes on after that day. It stays under this"
            " contract until it ends or is moved.",
            "%(count)s allocations of who leaves go on after that day. They stay under this"
            " contract until they end or are moved.",
            count,
        ) % {"count": count}
    yield _(
        "Budget and settlement of %(year)s are shared by the days on which each division holds."
    ) % {"year": day.year}
    if day <= scope.today:
        yield _(
            "What was established or published stays as it is. Where it changes, make a next"
            " version."
        )
