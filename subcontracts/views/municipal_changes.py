"""Changes of a municipal contract since it was put in, each shown before it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import MunicipalContract, Subcontract
from subcontracts.municipal_change_forms import (
    GIVEN,
    WITHDRAWN,
    BudgetFormChangeForm,
    ChangeContractForm,
    RelayConsentForm,
)
from subcontracts.services import municipal_changes, upward_budgets
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    Recording,
    contract_of,
    recorded_text,
    seen_form,
)

_FORMS = MunicipalContract.BudgetForm


def change_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """What it was called and how long it ran before, newest first."""
    rows = contract.changes.visible_to(scope).select_related("recorded_by")
    return {
        "caption": _("Changes of the contract"),
        "headers": [_("Agreed on"), _("What changed"), _("Source"), _("Recorded")],
        "rows": [
            (
                date_nl(row.agreed_on),
                "; ".join(_changed(row.before, row.after)),
                row.source,
                recorded_text(row),
            )
            for row in reversed(rows)
        ],
        "empty": _("Nothing changed since it was put in."),
    }


def consent_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Consents to relay, newest first, down to the one with which it was put in."""
    rows = contract.relay_consents.visible_to(scope).select_related("recorded_by")
    found = [
        (
            date_nl(row.start_date),
            _("yes") if row.is_given else _("withdrawn"),
            row.reference,
            recorded_text(row),
        )
        for row in reversed(rows)
    ]
    if contract.relay_consent_on:
        begun = date_nl(contract.relay_consent_on)
        found.append((begun, _("yes"), contract.relay_consent_reference or "–", "–"))
    return {
        "caption": _("Consent to relay, from day to day"),
        "headers": [_("From"), _("Consent"), _("Source"), _("Recorded")],
        "rows": found,
        "empty": _("There is no consent: placements go through the portal."),
    }


def form_table(scope: Scope, contract: MunicipalContract) -> list[dict[str, Any]]:
    """How the budget is formed from year to year; nothing where that never changed."""
    rows = contract.budget_form_changes.visible_to(scope).select_related("recorded_by")
    if not rows:
        return []
    begun = (str(contract.start_date.year), contract.get_budget_form_display(), "–", "–")
    later = [
        (str(row.first_year), row.get_form_display(), row.source, recorded_text(row))
        for row in reversed(rows)
    ]
    return [
        {
            "caption": _("How the budget is formed, from year to year"),
            "headers": [_("From the year"), _("Budget form"), _("Source"), _("Recorded")],
            "rows": [*later, begun],
        }
    ]


def _changed(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    labels = {
        "number": _("number"),
        "name": _("name"),
        "end_date": _("last day"),
        "subcontractor_term_days": _("working days of the subcontractor"),
    }
    for name, label in labels.items():
        if name in after:
            yield _("%(what)s: %(before)s became %(after)s") % {
                "what": label,
                "before": _value(name, before[name]),
                "after": _value(name, after[name]),
            }


def _value(name: str, value: Any) -> str:
    if name != "end_date":
        return str(value)
    return date_nl(date.fromisoformat(value)) if value else _("no last day")


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another name, number or last day: what follows is shown before it is kept."""
    scope, contract = request.scope, contract_of(request, pk)
    first = {name: getattr(contract, name) for name in municipal_changes.Facts.__dataclass_fields__}
    form = ChangeContractForm(
        request.POST or None, scope=scope, initial={**first, "agreed_on": scope.today}
    )
    recording = Recording(
        record=lambda: municipal_changes.change(
            scope=scope,
            contract=contract,
            facts=form.facts,
            agreed=municipal_changes.Agreed(
                on=form.cleaned_data["agreed_on"],
                source=form.cleaned_data["source"],
                # What is confirmed names them.
                outlives=True,
            ),
        ),
        consequences=lambda: _consequences(scope, contract, form.facts),
        done=_("The contract is changed."),
    )
    return seen_form(
        request,
        contract,
        "municipal_contract_duration",
        recording,
        title=_("Change %(contract)s") % {"contract": contract.name},
        lead=_("What was agreed anew. What it was before stays to be read."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Change the contract"),
    )


def _consequences(
    scope: Scope, contract: MunicipalContract, facts: municipal_changes.Facts
) -> list[str]:
    before, after = municipal_changes.differences(municipal_changes.facts_of(contract), facts)
    found = list(_changed(before, after)) or [_("Nothing changes.")]
    moved = "end_date" in after
    if moved and (below := municipal_changes.outliving(scope, contract, facts.end_date)):
        text = _("Subcontracts that go on after it: %(numbers)s. Agree on another end there.")
        found.append(text % {"numbers": ", ".join(one.number for one in below)})
    return found


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_relay_consent(request: ScopedRequest, pk: int) -> HttpResponse:
    """From when allocations are relayed under the municipality's code, or no longer."""
    scope, contract = request.scope, contract_of(request, pk)
    held = contract.relays_on(scope.today)
    form = RelayConsentForm(
        request.POST or None,
        scope=scope,
        initial={"start_date": scope.today, "outcome": WITHDRAWN if held else GIVEN},
    )
    recording = Recording(
        record=lambda: municipal_changes.record_consent(
            scope=scope,
            contract=contract,
            start_date=form.cleaned_data["start_date"],
            is_given=form.is_given,
            reference=form.cleaned_data["reference"],
        ),
        consequences=lambda: _consent_consequences(scope, contract, form),
        done=_("The consent is recorded."),
    )
    return seen_form(
        request,
        contract,
        "municipal_contract_duration",
        recording,
        title=_("Consent to relay under the code of the municipality"),
        lead=_("Without it what is placed goes through the portal. What was relayed stays so."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Record the consent"),
    )


def _consent_consequences(
    scope: Scope, contract: MunicipalContract, form: RelayConsentForm
) -> list[str]:
    day = form.cleaned_data["start_date"]
    rows = Subcontract.objects.visible_to(scope).filter(
        municipal_contract=contract, status__in=Subcontract.RUNNING
    )
    by_message = [
        row
        for row in rows.prefetch_related("relay_modes")
        if row.relay_on(day) == Subcontract.Relay.MESSAGES
    ]
    if form.is_given:
        text = ngettext(
            "From %(day)s on %(count)s subcontract that relays by message gets a 301.",
            "From %(day)s on %(count)s subcontracts that relay by message get a 301.",
            len(by_message),
        )
    else:
        text = ngettext(
            "From %(day)s on %(count)s subcontract that relays by message goes by the portal.",
            "From %(day)s on %(count)s subcontracts that relay by message go by the portal.",
            len(by_message),
        )
    return [text % {"day": date_nl(day), "count": len(by_message)}]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_budget_form(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another form of the budget from a year on."""
    scope, contract = request.scope, contract_of(request, pk)
    year = scope.today.year + 1
    form = BudgetFormChangeForm(
        request.POST or None,
        scope=scope,
        initial={"first_year": year, "form": contract.form_of(year)},
    )
    recording = Recording(
        record=lambda: upward_budgets.change_form(
            scope=scope,
            contract=contract,
            first_year=form.cleaned_data["first_year"],
            form=form.cleaned_data["form"],
            source=form.cleaned_data["source"],
        ),
        consequences=lambda: _form_consequences(contract, form),
        done=_("The form of the budget is recorded."),
    )
    return seen_form(
        request,
        contract,
        "municipal_contract_budget",
        recording,
        title=_("Form the budget in another way"),
        lead=_("From a year on, until something else is recorded. Years before it keep theirs."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Record the form"),
    )


def _form_consequences(contract: MunicipalContract, form: BudgetFormChangeForm) -> list[str]:
    year, chosen = form.cleaned_data["first_year"], form.cleaned_data["form"]
    words = dict(_FORMS.choices)
    told = {"year": year, "before": words[contract.form_of(year)], "after": words[chosen]}
    found = [_("The budget of %(year)s: %(before)s becomes %(after)s.") % told]
    if chosen == _FORMS.LUMP_SUM_BY_DECISIONS:
        found.append(_("Next, plan the decisions of that year: without a plan nothing varies."))
    elif chosen in MunicipalContract.BY_NUMBER:
        found.append(
            _("Next, record of what it is formed: until then the budget a year of before counts.")
        )
    elif chosen == _FORMS.PXQ:
        found.append(_("There is no sum for a year: what is declared by the unit is all."))
    else:
        found.append(_("Next, record the budget of that year."))
    return found
