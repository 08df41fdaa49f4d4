"""Forms about options, budgets and reports of a municipal contract, and clauses below it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, RadioCards, VolumeField
from subcontracts.models import BudgetAdjuster, ContractOption, ReportingDuty
from subcontracts.rules.upward_choices import CHOICES, REPORT_RHYTHMS
from subcontracts.services.clauses import ClauseFacts
from subcontracts.services.upward_budgets import BASIS, AdjusterFacts, Basis, Plan
from subcontracts.services.upward_dates import DutyFacts
from subcontracts.upward_term_words import UNKNOWN


def _choices(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(value), capfirst(str(label))) for value, label in pairs]


def _note() -> forms.CharField:
    return forms.CharField(label=_("Note"), required=False, max_length=200)


class OptionForm(PlainForm):
    """A right to extend."""

    months = VolumeField(label=_("Extends by"), unit=_("months"), min_value=1, max_value=240)
    announce_by = DutchDateField(
        label=_("Announce at the latest on"),
        help_text=_("After this day the option can no longer be used."),
    )
    decide_by = DutchDateField(
        label=_("Decide at the latest on"),
        required=False,
        help_text=_("For your own work list. The municipality does not see it."),
    )
    note = _note()

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "months": int(self.cleaned_data["months"])}


class DecideOptionForm(PlainForm):
    """What became of an option."""

    outcome = forms.ChoiceField(
        label=_("What was decided?"),
        choices=_choices(ContractOption.Outcome.choices),
        widget=RadioCards(
            explanations={
                ContractOption.Outcome.TAKEN: _("The contract goes on."),
                ContractOption.Outcome.NOT_TAKEN: _("The contract keeps the end it has."),
            }
        ),
    )
    decided_on = DutchDateField(label=_("Decided on"))
    note = _note()


class BudgetForm(PlainForm):
    """The budget of a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = EuroField(label=_("Budget of the whole year"), min_value=0)
    base = forms.ChoiceField(
        label=_("Calculated from"),
        required=False,
        choices=[("", UNKNOWN), *CHOICES["funding_base"].items()],
    )
    note = _note()


def _percent(label: str | Promise) -> VolumeField:
    return VolumeField(label=label, decimal_places=2, max_digits=5, max_value=100, unit="%")


class FromYearForm(PlainForm):
    """What a budget follows, from a year on, with where that stands."""

    first_year = forms.IntegerField(
        label=_("From the year"),
        min_value=2000,
        max_value=2100,
        help_text=_("What was recorded for a later year holds from that year on."),
    )
    corridor = _percent(_("Difference within which nothing changes"))
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where it stands, such as the contract, an addendum or a letter."),
    )


class PlanForm(FromYearForm):
    """How the budget follows the decisions, from a year on."""

    planned_decisions = VolumeField(label=_("Planned decisions a year"), min_value=1)
    variable_share = _percent(_("Part of the budget that follows it"))
    field_order = ("first_year", "planned_decisions", "variable_share", "corridor", "source")

    @property
    def plan(self) -> Plan:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = self.cleaned_data
        return Plan(
            planned_decisions=int(found["planned_decisions"]),
            variable_share=found["variable_share"],
            corridor=found["corridor"],
        )


class BasisForm(FromYearForm):
    """Of what the budget is formed, from a year on."""

    number = VolumeField(
        label=_("Number"),
        decimal_places=2,
        max_digits=10,
        min_value=Decimal("0.01"),
        help_text=_("FTE, places or inhabitants, as the contract says."),
    )
    price = EuroField(label=_("Price a year for each"), min_value=Decimal("0.01"))
    variable_share = _percent(_("Part of a difference that is settled"))
    field_order = ("first_year", "number", "price", "variable_share", "corridor", "source")

    @property
    def basis(self) -> Basis:
        """What was filled in, for the service. Only after `is_valid()`."""
        return Basis(**{name: self.cleaned_data[name] for name in BASIS})


class AdjusterForm(PlainForm):
    """What changes the budget of a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    effective_date = DutchDateField(label=_("Date"))
    kind = forms.ChoiceField(label=_("Why"), choices=_choices(BudgetAdjuster.Kind.choices))
    direction = forms.ChoiceField(
        label=_("The budget"),
        choices=[("up", _("goes up")), ("down", _("goes down"))],
        widget=forms.RadioSelect,
        initial="up",
    )
    amount = EuroField(label=_("By how much"), min_value=Decimal("0.01"))
    note = _note()

    @property
    def facts(self) -> AdjusterFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        if found.pop("direction") == "down":
            found["amount"] = -found["amount"]
        return AdjusterFacts(**found)


class DutyForm(PlainForm):
    """A report that the municipality asks for."""

    name = forms.CharField(label=_("What is reported"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=_choices(ReportingDuty.Kind.choices))
    rhythm = forms.ChoiceField(label=_("Each"), choices=list(REPORT_RHYTHMS.items()))
    start_date = DutchDateField(
        label=_("First period begins on"),
        help_text=_("Periods follow each other from this day on, such as quarters from 1 January."),
    )
    due_days = VolumeField(label=_("Due so many days after a period"), max_value=730, initial=0)
    due_in = forms.ChoiceField(
        label=_("Counted in"),
        choices=_choices(ReportingDuty.DueIn.choices),
        widget=forms.RadioSelect,
        initial=ReportingDuty.DueIn.CALENDAR_DAYS,
    )
    recipient = forms.CharField(label=_("For whom"), required=False, max_length=120)
    is_passed_on = forms.BooleanField(
        label=_("Subcontractors must give their part of it"), required=False
    )

    @property
    def facts(self) -> DutyFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        return DutyFacts(**{**found, "due_days": int(found["due_days"])})


class EndForm(PlainForm):
    """The last day on which something holds."""

    end_date = DutchDateField(label=_("Up to and including"))


class HandInForm(PlainForm):
    """Which period was reported, and when."""

    period_start = forms.TypedChoiceField(label=_("Period"), coerce=date.fromisoformat)
    handed_in_on = DutchDateField(label=_("Handed in on"))
    note = _note()

    def __init__(self, *args: Any, periods: Iterable[tuple[date, str]], **kwargs: Any) -> None:
        """`periods` by their first day, with how they read."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["period_start"]
        choice.choices = [(start.isoformat(), text) for start, text in periods]


class HandInOnRequestForm(PlainForm):
    """The same for what is told when the municipality asks."""

    period_start = DutchDateField(label=_("About the period from"))
    handed_in_on = DutchDateField(label=_("Handed in on"))
    note = _note()


class ClauseForm(PlainForm):
    """A clause of a subcontract."""

    code = forms.CharField(
        label=_("Clause"), max_length=20, help_text=_("By which parties know it, such as 4.2.")
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    passes_on = forms.ChoiceField(
        label=_("Passes on"),
        required=False,
        help_text=_("Which duty of the municipal contract this clause is about."),
    )
    start_date = DutchDateField(label=_("From"))

    def __init__(self, *args: Any, duties: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """`duties` by their key, with how they read."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["passes_on"]
        choice.choices = [("", _("No duty of the municipal contract")), *duties]

    @property
    def facts(self) -> ClauseFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        return ClauseFacts(**self.cleaned_data)
