"""Forms of indexation: figures, schemes, rounds, and what a contract follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from subcontracts.models import IndexScheme, IndexSeries, IndexTerms, Subcontract
from subcontracts.services.index_figures import SchemeTerms


class PercentField(VolumeField):
    """A percentage, which may be below zero."""

    def __init__(self, **kwargs: Any) -> None:
        values: dict[str, Any] = {"decimal_places": 4, "min_value": Decimal(-99), "unit": "%"}
        super().__init__(**(values | kwargs))


class SeriesForm(PlainForm):
    """A series of yearly figures."""

    name = forms.CharField(label=_("Name of the series"), max_length=60)
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Who publishes it, and where."),
    )


class FigureForm(PlainForm):
    """What a series says of a year."""

    series = forms.ModelChoiceField(label=_("Series"), queryset=IndexSeries.objects.none())
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    provisional = PercentField(label=_("Provisional figure"))
    definitive = PercentField(
        label=_("Definitive figure"),
        required=False,
        help_text=_("Known only after the year. Leave empty until then."),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Such as the letter or page it comes from, with its date."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series: Any = self.fields["series"]
        series.queryset = IndexSeries.objects.visible_to(self.scope)


class TermsForm(PlainForm):
    """How a scheme calculates from a day on; one weight for each series."""

    start_date = DutchDateField(label=_("From"))
    method = forms.ChoiceField(
        label=_("How is last year corrected?"),
        choices=[(value, capfirst(str(label))) for value, label in IndexTerms.Method.choices],
        widget=forms.RadioSelect,
        initial=IndexTerms.Method.DIFFERENCE,
    )
    first_year = forms.ChoiceField(
        label=_("When is a new contract not corrected?"),
        choices=[(value, capfirst(str(label))) for value, label in IndexTerms.FirstYear.choices],
        widget=forms.RadioSelect,
        initial=IndexTerms.FirstYear.CALENDAR,
    )
    percent_decimals = forms.TypedChoiceField(
        label=_("Decimals of the percentage"),
        choices=[(number, str(number)) for number in (1, 2, 3, 4)],
        coerce=int,
        initial=3,
    )
    amount_decimals = forms.TypedChoiceField(
        label=_("Decimals of a tariff"),
        choices=[(number, str(number)) for number in (2, 3, 4)],
        coerce=int,
        initial=2,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = {
            f"weight_{row.pk}": row for row in IndexSeries.objects.visible_to(self.scope)
        }
        for name, row in self.series.items():
            self.fields[name] = PercentField(
                label=_("Weight of %(series)s") % {"series": row.name},
                decimal_places=2,
                min_value=0,
                max_value=100,
                required=False,
            )

    @property
    def weights(self) -> dict[IndexSeries, Decimal]:
        """The series that count. Only after `is_valid()`."""
        found = {row: self.cleaned_data.get(name) for name, row in self.series.items()}
        return {row: weight for row, weight in found.items() if weight}

    @property
    def terms(self) -> SchemeTerms:
        """What was filled in, for the service. Only after `is_valid()`."""
        names = ("start_date", "method", "first_year", "percent_decimals", "amount_decimals")
        return SchemeTerms(**{name: self.cleaned_data[name] for name in names})

    def clean(self) -> dict[str, Any]:
        """Weights of 100 percent, so that one sees it where one fills them in (IDX-01)."""
        cleaned = super().clean() or {}
        typed = [cleaned.get(name) for name in self.series]
        if not self.errors and sum(weight or Decimal(0) for weight in typed) != 100:
            raise ValidationError(_("The weights must add up to 100 percent."), code="IDX-01")
        return cleaned


class SchemeForm(TermsForm):
    """A new scheme, with its first terms."""

    name = forms.CharField(label=_("Name of the scheme"), max_length=60)
    field_order = ("name", "start_date")


class RoundForm(PlainForm):
    """From which day the new tariffs hold."""

    effective = DutchDateField(
        label=_("Takes effect on"),
        help_text=_("The first day of a month to come. Its year is the year of the figures."),
    )

    has_ceilings = forms.BooleanField(
        label=_("Index the ceilings too"),
        required=False,
        help_text=_("Of every contract that has one: another ceiling from that day on."),
    )

    @staticmethod
    def next_year(today: date) -> date:
        """What most rounds are about."""
        return date(today.year + 1, 1, 1)


class ContractForm(PlainForm):
    """One subcontract of a round."""

    subcontract = forms.ModelChoiceField(
        label=_("Subcontract"), queryset=Subcontract.objects.none()
    )

    def __init__(self, *args: Any, contracts: QuerySet[Subcontract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["subcontract"]
        choice.queryset = contracts
        choice.label_from_instance = lambda row: f"{row.number} · {row.provider_organisation}"


class TakeOutForm(ContractForm):
    """With the reason why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReasonForm(PlainForm):
    """Why something is undone."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class IndexingForm(PlainForm):
    """Which scheme a contract follows from a day on, or why it is frozen."""

    hides_optional = True
    kind = forms.ChoiceField(
        label=_("What holds for this contract?"),
        choices=[("follow", _("It follows a scheme")), ("freeze", _("It is not indexed"))],
        widget=forms.RadioSelect,
        initial="follow",
    )
    scheme = forms.ModelChoiceField(
        label=_("Index scheme"), queryset=IndexScheme.objects.none(), required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_("Needed where the contract is not indexed."),
    )
    start_date = DutchDateField(label=_("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme: Any = self.fields["scheme"]
        scheme.queryset = IndexScheme.objects.visible_to(self.scope)

    def clean(self) -> dict[str, Any]:
        """A scheme to follow, or the reason of the freeze."""
        cleaned = super().clean() or {}
        needed = "reason" if cleaned.get("kind") == "freeze" else "scheme"
        if not cleaned.get(needed):
            self.add_error(
                needed,
                ValidationError(_("Choose a scheme, or say why the contract is not indexed.")),
            )
        return cleaned
