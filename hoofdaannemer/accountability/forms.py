"""Forms: ask for a report, explain it, judge it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.forms import DutchDateField, PlainForm, RadioCards
from hoofdaannemer.core.periods import Month, Period, parse_period
from hoofdaannemer.core.templatetags.core_format import period_nl
from subcontracts.models import MunicipalContract

QUARTERS_BACK = 8
APPROVE, SEND_BACK = "approve", "send_back"


def ended_quarters(today: date) -> list[tuple[str, str]]:
    """The last quarters that are over, newest first, with their words."""
    month = Month(today.year, (today.month - 1) // 3 * 3 + 1)
    found = []
    for _number in range(QUARTERS_BACK):
        month = month.previous()
        text = f"{month.year}-Q{(month.month + 2) // 3}"
        found.append((text, f"{text} ({period_nl(parse_period(text))})"))
        month = month.previous().previous()
    return found


class AskForm(PlainForm):
    """Which report is wanted."""

    contract = forms.ModelChoiceField(
        queryset=MunicipalContract.objects.none(), label=gettext_lazy("Contract")
    )
    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"))
    known_on = DutchDateField(
        required=False,
        label=gettext_lazy("As known at the end of"),
        help_text=gettext_lazy("Leave empty for all that is known now."),
    )

    def __init__(self, *args: Any, scope: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["contract"].queryset = MunicipalContract.objects.visible_to(scope)
        fields["quarter"].choices = ended_quarters(scope.today)

    def clean_known_on(self) -> date | None:
        """A day in the past: nobody knows what will be known."""
        day: date | None = self.cleaned_data["known_on"]
        if day and day >= self.scope.today:
            raise ValidationError(_("Choose a day before today, or leave it empty."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        """Contract, period and moment, as the service takes them."""
        period: Period = parse_period(self.cleaned_data["quarter"])
        day = self.cleaned_data["known_on"]
        moment = _midnight_after(day) if day else None
        return {
            "contract": self.cleaned_data["contract"],
            "period": period,
            "as_known_on": moment,
        }


class NarrativeForm(PlainForm):
    """The text that goes with the figures."""

    narrative = forms.CharField(
        label=gettext_lazy("Explanation"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "The municipality reads this. No names, and no numbers that the tables hide."
        ),
    )


class ReviewForm(PlainForm):
    """Approve, or send back with a reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Your judgement"),
        choices=[
            (APPROVE, gettext_lazy("Approve")),
            (SEND_BACK, gettext_lazy("Send back")),
        ],
        widget=RadioCards(
            explanations={
                APPROVE: gettext_lazy("The figures are right and nothing can be traced to people."),
                SEND_BACK: gettext_lazy("Something has to change first. Say what."),
            }
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Sending back takes a reason."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == SEND_BACK and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write down what has to change before it can be published."))
        return cleaned


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
