"""Forms of temporary funding: what follows, its evaluation, and the next line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from subcontracts.funding_forms import FundingLineForm
from subcontracts.models import FundingLine, FundingSunset
from subcontracts.services.sunsets import Evaluated, Plan, day_after

_FORMS = [(value, capfirst(str(label))) for value, label in FundingLine.Form.choices]


class PlanForm(PlainForm):
    """What follows on a line that is temporary."""

    follow_up = forms.ChoiceField(
        label=_("What follows?"),
        choices=[(value, capfirst(str(label))) for value, label in FundingSunset.FollowUp.choices],
        widget=forms.RadioSelect,
    )
    next_form = forms.ChoiceField(
        label=_("In which form it goes on"),
        required=False,
        choices=[("", _("Choose a form")), *_FORMS],
        help_text=_("Needed where it goes on in another line."),
    )
    evaluator = forms.CharField(
        label=_("Who evaluates"),
        required=False,
        max_length=120,
        help_text=_("Needed where an evaluation decides."),
    )
    evaluate_by = DutchDateField(label=_("Evaluate at the latest on"), required=False)

    @property
    def plan(self) -> Plan:
        """What was filled in, for the service. Only after `is_valid()`."""
        return Plan(**self.cleaned_data)


class EvaluatedForm(PlainForm):
    """What an evaluation concluded."""

    evaluated_on = DutchDateField(label=_("Evaluated on"))
    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    next_form = forms.ChoiceField(
        label=_("In which form it goes on"),
        required=False,
        choices=[("", _("It ends and nothing follows")), *_FORMS],
    )

    @property
    def found(self) -> Evaluated:
        """What was filled in, for the service. Only after `is_valid()`."""
        return Evaluated(**self.cleaned_data)


class NextLineForm(FundingLineForm):
    """The line that follows, with products of the one before and the days that are left."""

    def __init__(self, *args: Any, sunset: FundingSunset, **kwargs: Any) -> None:
        line, contract = sunset.line, sunset.subcontract
        same = line if sunset.next_form == line.form else None
        super().__init__(*args, subcontract=contract, form=sunset.next_form, line=same, **kwargs)
        self.initial.update(
            start_date=day_after(line),
            end_date=contract.end_date,
            products=[row.product_id for row in line.line_products.all()],
        )
