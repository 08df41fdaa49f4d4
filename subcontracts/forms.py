"""Forms of the care chain: they read and check what is typed; services decide."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.services.emergency import checked_reason
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, VolumeField
from hoofdaannemer.core.numbers import is_bsn
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from subcontracts import words
from subcontracts.models import (
    Allocation,
    ClientResidence,
    ForeseenEnd,
    MessagePurpose,
    Placement,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.csvfiles import MOST_BYTES
from subcontracts.rules.delivery import StopKey
from subcontracts.rules.foreseen import DECISIONS, Kind
from subcontracts.rules.parts import Share
from subcontracts.rules.stopping import is_offered, linked_reason
from subcontracts.selectors.clients import Wanted
from subcontracts.services.emergency import Sought
from subcontracts.services.placements import Part
from subcontracts.services.residences import Fact, municipality_of

#: A number of an allocation or placement, or a client's own.
_EMERGENCY_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}|C-[0-9]{5,9}")


def bsn_of(text: str) -> str:
    """The digits of a BSN as typed, or nothing. Raises ValidationError for another number."""
    number = text.replace(" ", "").replace(".", "")
    if number and not is_bsn(number):
        raise ValidationError(_("This is not a BSN. Check the nine digits."), code="bsn")
    return number


class ClientSearchForm(PlainForm):
    """Three ways to find a client; one of them is filled in."""

    hides_optional = True
    bsn = forms.CharField(label=_("BSN"), required=False, max_length=12)
    number = forms.IntegerField(
        label=_("Allocation number"), required=False, min_value=1, max_value=999_999_999
    )
    birth_date = DutchDateField(label=_("Date of birth"), required=False)
    letters = forms.CharField(
        label=_("First three letters of the surname"), required=False, max_length=3
    )

    def clean_bsn(self) -> str:
        return bsn_of(self.cleaned_data["bsn"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        by_name = bool(found.get("birth_date") or found.get("letters"))
        ways = [bool(found.get("bsn")), found.get("number") is not None, by_name]
        if not self.errors and sum(ways) != 1:
            raise ValidationError(_("Search in one way: fill in one of the three."))
        if by_name and len(found.get("letters") or "") < 3 and found.get("birth_date"):
            self.add_error("letters", _("Enter three letters, without the prefix."))
        if by_name and found.get("letters") and not found.get("birth_date"):
            self.add_error("birth_date", _("Enter the date of birth too."))
        return found

    @property
    def wanted(self) -> Wanted:
        """What to look for. Only after `is_valid()`."""
        return Wanted(
            bsn=self.cleaned_data["bsn"],
            number=self.cleaned_data["number"],
            birth_date=self.cleaned_data["birth_date"],
            letters=self.cleaned_data["letters"],
        )


class EmergencyForm(PlainForm):
    """One client and why; asked again as hidden fields on the page that confirms."""

    bsn = forms.CharField(label=_("BSN"), required=False, max_length=12)
    number = forms.CharField(
        label=_("Allocation number or client number"),
        required=False,
        max_length=12,
        help_text=_("For example 900000123 or C-00042. Fill in this or the BSN."),
    )
    reason = forms.CharField(
        label=_("Why do you need this client's data now?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least a sentence. Contract managers read it, and it stays in the log."),
    )

    def __init__(self, *args: Any, hidden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if hidden else ():
            field.widget = field.hidden_widget()

    def clean_bsn(self) -> str:
        return bsn_of(self.cleaned_data["bsn"])

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip().upper()
        if number and not _EMERGENCY_NUMBER.fullmatch(number):
            raise ValidationError(
                _("Enter digits, or a client number such as C-00042."), code="number"
            )
        return number

    def clean_reason(self) -> str:
        try:
            return checked_reason(self.cleaned_data["reason"])
        except RuleError as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and bool(found.get("bsn")) == bool(found.get("number")):
            raise ValidationError(_("Search in one way: fill in the BSN or a number."))
        return found

    @property
    def sought(self) -> Sought:
        """Whom to look for. Only after `is_valid()`."""
        number = self.cleaned_data["number"]
        return Sought(
            bsn=self.cleaned_data["bsn"],
            number=int(number) if number.isdigit() else None,
            pseudonym="" if number.isdigit() else number,
        )


class ForeseenForm(PlainForm):
    """What happens when the care would end."""

    decision = forms.ChoiceField(label=_("What happens then?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("With whom it was agreed, and what still has to be done."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["decision"]
        field.choices = [
            (one.value, capfirst(ForeseenEnd.Decision(one.value).label))
            for one in DECISIONS[Kind(kind)]
        ]


class LongTermCareForm(PlainForm):
    """From when long-term care takes over."""

    day = DutchDateField(label=_("Last day of the care under this allocation"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResidenceForm(PlainForm):
    """Which municipality is responsible, from when and why."""

    town = forms.ChoiceField(label=_("Responsible municipality"))
    start_date = DutchDateField(label=_("From"))
    basis = forms.ChoiceField(
        label=_("On what ground?"),
        choices=ClientResidence.Basis.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("From whom you heard it, for example."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["town"]
        towns = [(code, one.label) for code, one in code_list("CBS").codes.items()]
        choice.choices = [("", _("Choose")), *sorted(towns, key=lambda town: town[1])]

    @property
    def fact(self) -> Fact:
        """What is recorded. Only after `is_valid()`."""
        found = self.cleaned_data
        municipality = municipality_of(found["town"])
        if municipality is None:
            raise ValueError("a municipality outside the choices")
        return Fact(
            municipality=municipality,
            start_date=found["start_date"],
            basis=found["basis"],
            source=ClientResidence.Source.TOLD,
            note=found["note"],
        )


class PeriodForm(PlainForm):
    """A first day and perhaps a last one."""

    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(label=_("Up to and including"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("start_date"), found.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last day cannot be before the first."))
        return found

    @property
    def period(self) -> Period:
        """Both days included. Only after `is_valid()`."""
        return Period(self.cleaned_data["start_date"], self.cleaned_data["end_date"])


class PlaceForm(PeriodForm):
    """With whom, and which part: at first all that is left."""

    volume = VolumeField(label=_("Volume"), required=False, min_value=1)
    budget = EuroField(label=_("Budget"), required=False, min_value=Decimal("0.01"))
    subcontractor = forms.ModelChoiceField(
        queryset=Subcontractor.objects.none(), widget=forms.HiddenInput
    )
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, scope: Scope, allocation: Allocation, left: Share | None, **kwargs: Any
    ) -> None:
        offered = left or Share(
            Period(allocation.start_date, allocation.end_date),
            allocation.volume,
            budget=allocation.budget,
        )
        initial = {
            "start_date": offered.period.start,
            "end_date": offered.period.end,
            "volume": offered.volume,
            "budget": offered.budget,
        }
        super().__init__(*args, scope=scope, initial=initial, **kwargs)
        self.allocation = allocation
        own = {"main_contractor": allocation.main_contractor_id}
        choice: Any = self.fields["subcontractor"]
        choice.queryset = Subcontractor.objects.visible_to(scope).filter(**own)
        if allocation.product is not None:
            del self.fields["product"]
        else:
            goods: Any = self.fields["product"]
            goods.queryset = Product.objects.visible_to(scope).filter(
                **own, family=allocation.family, category=allocation.category
            )
        for name in ("volume", "budget"):
            if getattr(allocation, name) is None:
                del self.fields[name]

    @property
    def part(self) -> Part:
        """What is placed. Only after `is_valid()`."""
        volume, budget = self.cleaned_data.get("volume"), self.cleaned_data.get("budget")
        if volume == self.allocation.volume:
            volume = None
        if budget == self.allocation.budget:
            budget = None
        period = self.period
        is_all = period == Period(self.allocation.start_date, self.allocation.end_date)
        return Part(
            period=None if is_all else period,
            volume=None if volume is None else int(volume),
            budget=budget,
            product=self.cleaned_data.get("product"),
        )


class ReasonForm(PlainForm):
    """Why, in a sentence."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class StartForm(PlainForm):
    """The first day of care."""

    begin = DutchDateField(label=_("First day of care"))

    def __init__(self, *args: Any, placement: Placement, today: date, **kwargs: Any) -> None:
        first = min(max(placement.start_date, date.min), today)
        super().__init__(*args, initial={"begin": first}, **kwargs)


class StopForm(PlainForm):
    """Which start ends, on which day and why."""

    begin = forms.ChoiceField(label=_("Care that began on"))
    end = DutchDateField(label=_("Last day of care"))
    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, placement: Placement, begins: list[date], **kwargs: Any) -> None:
        linked = linked_reason(placement.family, placement.change_reason)
        initial = {"end": placement.end_date, "reason": linked} if linked else {}
        super().__init__(*args, initial=initial, **kwargs)
        start: Any = self.fields["begin"]
        start.choices = [(day.isoformat(), f"{day:%d-%m-%Y}") for day in begins]
        reason: Any = self.fields["reason"]
        offered = [
            (code, label)
            for code, label in words.stop_reasons(placement.family)
            if is_offered(code, linked)
        ]
        reason.choices = [("", _("Choose a reason")), *offered]
        if linked:
            reason.help_text = _("The allocation was changed; this reason belongs to that change.")

    @property
    def stop(self) -> StopKey:
        """The stop as reported. Only after `is_valid()`."""
        found = self.cleaned_data
        return StopKey(date.fromisoformat(found["begin"]), found["end"], found["reason"])


class NameProfessionalForm(PeriodForm):
    """Who delivers, and when."""

    professional = forms.ModelChoiceField(
        label=_("Who"), queryset=Professional.objects.none(), empty_label=_("Choose a person")
    )
    field_order = ("professional", "start_date", "end_date")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["professional"]
        choice.queryset = Professional.objects.visible_to(scope).in_force_on(scope.today)
        choice.label_from_instance = lambda row: f"{row.name} ({row.role})"


class ProfessionalForm(PeriodForm):
    """A person who works for the own organisation."""

    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.CharField(label=_("Job"), max_length=60)
    field_order = ("name", "role", "start_date", "end_date")


class LastDayForm(PlainForm):
    """The last working day."""

    last_day = DutchDateField(label=_("Last working day"))


class RelayForm(PlainForm):
    """How placements are passed on, from which day."""

    mode = forms.ChoiceField(label=_("Relay"), widget=forms.RadioSelect)
    start_date = DutchDateField(label=_("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["mode"]
        choice.choices = [(mode, words.relay_text(mode)) for mode in Subcontract.Relay.values]


class PurposeForm(PlainForm):
    """What messages are for, from which day."""

    purpose = forms.ChoiceField(label=_("Messages are for"), widget=forms.RadioSelect)
    start_date = DutchDateField(label=_("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["purpose"]
        choice.choices = [
            (value, capfirst(label)) for value, label in MessagePurpose.Purpose.choices
        ]


class CareFileForm(PlainForm):
    """Starts and stops as a file."""

    file = forms.FileField(
        label=_("File of starts and stops (CSV)"),
        help_text=_("At most 2 MB, saved as CSV UTF-8."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 2 MB. Split it."), code="CSV-01")
        content: bytes = upload.read()
        return content


class TariffForm(PeriodForm):
    """The price of one unit of a product."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    amount = EuroField(label=_("Tariff"), decimal_places=4, min_value=0)
    field_order = ("product", "amount", "start_date", "end_date")

    def __init__(self, *args: Any, scope: Scope, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["product"]
        choice.queryset = products
