"""Forms about allocating ourselves: who allocates, what is granted, and what changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, VolumeField
from hoofdaannemer.core.periods import Period
from messaging.istandaard.codelists import code_list
from subcontracts.models import AllocatedBy, Allocation, CareRequest, RequestedProduct
from subcontracts.rules.deciding import REASONS
from subcontracts.rules.raising import Terms
from subcontracts.selectors.current import terms_of
from subcontracts.services.authorities import Mandate

_BACKWARDS: Final = _("The last day cannot be before the first.")
_POSTCODE: Final = RegexValidator(
    r"^[1-9][0-9]{3} ?[A-Za-z]{2}$", _("A postcode has four digits and two letters.")
)


class AuthorityForm(PlainForm):
    """Who allocates, from which day; of a mandate where it is recorded and its numbers."""

    allocated_by = forms.ChoiceField(label=_("Allocated by"), widget=forms.RadioSelect)
    start_date = DutchDateField(label=_("From"))
    reference = forms.CharField(
        label=_("Where the mandate is recorded"),
        required=False,
        max_length=80,
        help_text=_("Such as the number of the mandate decision. Only under mandate."),
    )
    number_first = forms.IntegerField(
        label=_("First allocation number"),
        required=False,
        min_value=1,
        max_value=999_999_999,
        help_text=_("Agreed with the municipality, which does not use them itself."),
    )
    number_last = forms.IntegerField(
        label=_("Last allocation number"), required=False, min_value=1, max_value=999_999_999
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["allocated_by"]
        choice.choices = [(value, capfirst(label)) for value, label in AllocatedBy.choices]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("allocated_by") == AllocatedBy.MANDATE:
            for name in ("reference", "number_first", "number_last"):
                if name in found and not found[name]:
                    self.add_error(name, _("Fill this in for a mandate."))
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes. Only after `is_valid()`."""
        found = self.cleaned_data
        by = found["allocated_by"]
        mandate = None
        if by == AllocatedBy.MANDATE:
            mandate = Mandate(
                **{name: found[name] for name in ("reference", "number_first", "number_last")}
            )
        return {"allocated_by": by, "start_date": found["start_date"], "mandate": mandate}


class GrantForm(PlainForm):
    """What is allocated of a request: as asked, or otherwise. An address where none is known."""

    def __init__(self, *args: Any, request: CareRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = list(request.products.select_related("product").order_by("pk"))
        for number, asked in enumerate(self.products, start=1):
            self._ask(number, asked)
        self.asks_address = not request.client.address
        if self.asks_address:
            self._ask_address()

    def _ask(self, number: int, asked: RequestedProduct) -> None:
        about = f"{asked.product}: " if len(self.products) > 1 else ""
        now = terms_of(asked)
        self.fields[f"start_{number}"] = DutchDateField(
            label=about + _("From"), initial=now.period.start
        )
        self.fields[f"end_{number}"] = DutchDateField(
            label=about + _("Up to and including"), initial=now.period.end, required=False
        )
        if now.budget is not None:
            self.fields[f"budget_{number}"] = EuroField(
                label=about + _("Budget"), initial=now.budget, min_value=Decimal("0.01")
            )
        elif now.volume is not None:
            self.fields[f"volume_{number}"] = VolumeField(
                label=about + _("Volume"), initial=now.volume, min_value=1
            )

    def _ask_address(self) -> None:
        """A 301 names where the client lives (TR006)."""
        for name, label, longest, checks in (
            ("street", _("Street of the client"), 24, []),
            ("house_number", _("House number"), 10, []),
            ("postcode", _("Postcode"), 7, [_POSTCODE]),
            ("town", _("Place"), 40, []),
        ):
            self.fields[name] = forms.CharField(label=label, max_length=longest, validators=checks)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for number in range(1, len(self.products) + 1):
            start, end = found.get(f"start_{number}"), found.get(f"end_{number}")
            if start and end and end < start:
                self.add_error(f"end_{number}", _BACKWARDS)
        return found

    def clean_house_number(self) -> str:
        """Number, letter and addition, divided by blanks."""
        typed: str = self.cleaned_data["house_number"].strip()
        if not typed.split(" ", maxsplit=1)[0].isdigit():
            raise ValidationError(_("A house number begins with digits, such as 12 A."))
        return typed

    @property
    def terms(self) -> dict[int, Terms]:
        """What is decided, by key of the product. Only after `is_valid()`."""
        found = self.cleaned_data
        decided = {}
        for number, asked in enumerate(self.products, start=1):
            now = terms_of(asked)
            volume = found.get(f"volume_{number}", now.volume)
            decided[asked.pk] = replace(
                now,
                period=Period(found[f"start_{number}"], found[f"end_{number}"]),
                volume=None if volume is None else int(volume),
                budget=found.get(f"budget_{number}", now.budget),
            )
        return decided

    @property
    def address(self) -> str:
        """Street, number, postcode and place, a line each; nothing where it is known."""
        if not self.asks_address:
            return ""
        found = self.cleaned_data
        postcode = found["postcode"].replace(" ", "").upper()
        return "\n".join((found["street"], found["house_number"], postcode, found["town"]))


class DecideForm(PlainForm):
    """Other terms for an allocation of our own, from its first day or a later one."""

    start_date = DutchDateField(
        label=_("From"),
        help_text=_("Another volume from a later day becomes an allocation of its own."),
    )
    end_date = DutchDateField(label=_("Up to and including"), required=False)
    volume = VolumeField(label=_("Volume"), min_value=1)
    budget = EuroField(label=_("Budget"), min_value=Decimal("0.01"))
    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, allocation: Allocation, **kwargs: Any) -> None:
        self.now = terms_of(allocation)
        initial = {
            "start_date": self.now.period.start,
            "end_date": self.now.period.end,
            "volume": self.now.volume,
            "budget": self.now.budget,
        }
        super().__init__(*args, initial=initial, **kwargs)
        for name, value in (("volume", self.now.volume), ("budget", self.now.budget)):
            if value is None:
                del self.fields[name]
        choice: Any = self.fields["reason"]
        choice.choices = [("", _("Choose a reason")), *_reasons(allocation.family)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("start_date"), found.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _BACKWARDS)
        first = self.now.period.start
        if start and start < first:
            self.add_error("start_date", _("The allocation begins later than this day."))
        return found

    @property
    def wanted(self) -> Terms:
        """What is decided. Only after `is_valid()`."""
        found = self.cleaned_data
        volume = found.get("volume", self.now.volume)
        return replace(
            self.now,
            period=Period(found["start_date"], found["end_date"]),
            volume=None if volume is None else int(volume),
            budget=found.get("budget", self.now.budget),
        )


def _reasons(family: str) -> Iterable[tuple[str, str]]:
    words = code_list({"jw": "JZ002", "wmo": "WMO002"}[family])
    return [(code, words.label(code)) for code in REASONS]
