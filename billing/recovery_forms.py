"""Proposing a recovery plan, and saying why it is refused, paused or ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import RecoveryPlan, Settlement
from billing.party_forms import PartyForm
from billing.rules.recovery import monthly_of
from billing.services.recovery_plans import MOST_BYTES, PlanTerms
from hoofdaannemer.core.forms import EuroField, MonthInput, PlainForm, RadioCards
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope

Kind = RecoveryPlan.Kind
_WHY = forms.Textarea(attrs={"rows": 3})


class PlanForm(PartyForm):
    """What is owed and how it is paid back."""

    kind = forms.ChoiceField(
        label=_("What is owed?"),
        choices=Kind.choices,
        initial=Kind.BALANCE,
        widget=RadioCards(
            explanations={
                Kind.BALANCE: _("What the last statement carried over. It is put aside first."),
                Kind.SETTLEMENT: _("A settled year that is on no statement yet. Put aside too."),
                Kind.CLAIM: _("What stands on no statement. It is only taken off."),
            }
        ),
    )
    settlement = forms.ModelChoiceField(
        label=_("Which settlement?"),
        queryset=Settlement.objects.none(),
        required=False,
        help_text=_("Only where a settlement is owed."),
    )
    total = EuroField(label=_("Total"))
    monthly = EuroField(
        label=_("How much a month?"),
        required=False,
        help_text=_("In euros; or fill in the number of months below."),
    )
    months = forms.IntegerField(
        label=_("In how many months?"), required=False, min_value=1, max_value=120
    )
    leaves = EuroField(
        label=_("Left to pay each month"),
        required=False,
        help_text=_("A statement never pays less than this because of the plan."),
    )
    first_month = forms.CharField(label=_("From which month?"), widget=MonthInput())
    ground = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=_WHY,
        help_text=_("What it rests on. The subcontractor reads it."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        field: Any = self.fields["settlement"]
        field.queryset = (
            Settlement.objects.visible_to(scope)
            .light()
            .filter(
                state=Settlement.State.LOCKED,
                entitlement__amount__lt=0,
                entitlement__unstated__isnull=False,
            )
            .select_related("funding_line")
        )

    def clean_first_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["first_month"])
        except ValueError as error:
            raise forms.ValidationError(_("Fill in a month, such as 2026-03.")) from error

    def clean(self) -> dict[str, Any]:
        """An amount a month or a number of months, and the settlement that is owed."""
        values = super().clean() or self.cleaned_data
        is_read = "monthly" not in self.errors and "months" not in self.errors
        if is_read and (values.get("monthly") is None) == (values.get("months") is None):
            self.add_error("monthly", _("Fill in an amount a month, or a number of months."))
        is_settlement = values.get("kind") == Kind.SETTLEMENT
        if is_settlement and not values.get("settlement") and "settlement" not in self.errors:
            self.add_error("settlement", _("Choose the settlement that is owed."))
        return values

    @property
    def terms(self) -> PlanTerms:
        """What was filled in. Only after `is_valid()`."""
        found, kind = self.cleaned_data, Kind(self.cleaned_data["kind"])
        monthly = found["monthly"]
        if monthly is None:
            monthly = monthly_of(found["total"], found["months"])
        return PlanTerms(
            kind=kind,
            total=found["total"],
            monthly=monthly,
            first_month=found["first_month"],
            ground=found["ground"],
            leaves=found["leaves"] or ZERO,
            settlement=found["settlement"] if kind == Kind.SETTLEMENT else None,
        )


class RemarkForm(PlainForm):
    """Why."""

    remark = forms.CharField(label=_("Why?"), max_length=300, widget=_WHY)


class PaperPlanForm(PlainForm):
    """What was signed outside this system."""

    reason = forms.CharField(label=_("Why was it agreed on paper?"), max_length=300)
    file = forms.FileField(
        label=_("The signed plan (PDF)"),
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    @property
    def signed_file(self) -> bytes:
        """The file, by one byte more than is taken. Only after `is_valid()`."""
        content: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return content
