"""Forms of FTE reports: what each professional worked, and words on what is odd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from billing.fte_words import about, sentence
from billing.models import FteReportRow, FteSignal
from billing.services.fte import Details, Key
from hoofdaannemer.core.forms import PlainForm, VolumeField
from subcontracts.models import Professional

_FIELDS: Final = ("fte", "contract", "hours", "absence", "area")
_MOST_FTE: Final = Decimal("1.5")
_MOST_HOURS: Final = Decimal(744)


class FteForm(PlainForm):
    """FTE by professional, with contract, hours, absence and area where one tells them."""

    #: Only who worked is filled in, and beside FTE nothing has to be.
    hides_optional = True

    def __init__(
        self,
        *args: Any,
        people: Sequence[Professional],
        known: Mapping[int, FteReportRow],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for one in people:
            self._ask(one, known.get(one.pk))

    def _ask(self, person: Professional, row: FteReportRow | None) -> None:
        """The fields of one professional, with what is known."""
        initial = row or FteReportRow()
        self.fields[f"fte_{person.pk}"] = _number(
            f"{person.name}, {person.role}", _("FTE"), row.fte if row else None, 3, _MOST_FTE
        )
        self.fields[f"contract_{person.pk}"] = _number(
            _("By employment contract"), _("FTE"), initial.contracted, 3, _MOST_FTE
        )
        self.fields[f"hours_{person.pk}"] = _number(
            _("Worked this month"), _("hours"), initial.hours, 2, _MOST_HOURS
        )
        self.fields[f"absence_{person.pk}"] = _number(
            _("Absent this month"), _("hours"), initial.absence, 2, _MOST_HOURS
        )
        self.fields[f"area_{person.pk}"] = forms.CharField(
            label=_("Area or team"), max_length=60, required=False, initial=initial.area
        )

    @property
    def rows(self) -> dict[int, Decimal]:
        """FTE by professional, without those that were left empty."""
        typed = {one.pk: self.cleaned_data[f"fte_{one.pk}"] for one in self.people}
        return {pk: fte for pk, fte in typed.items() if fte}

    @property
    def details(self) -> dict[int, Details]:
        """What else was typed, by professional."""
        typed = self.cleaned_data
        return {
            pk: Details(
                contracted=typed[f"contract_{pk}"],
                hours=typed[f"hours_{pk}"],
                absence=typed[f"absence_{pk}"],
                area=typed[f"area_{pk}"],
            )
            for pk in self.rows
        }

    def cards(self, marks: Mapping[int, str]) -> Iterator[tuple[str, BoundField, list[BoundField]]]:
        """By professional: a mark such as who is new, the FTE, and the other fields."""
        for one in self.people:
            fte, *others = (self[f"{name}_{one.pk}"] for name in _FIELDS)
            yield marks.get(one.pk, ""), fte, others


class ExplainForm(PlainForm):
    """Words on the signals of a report; none is asked for."""

    hides_optional = True

    def __init__(self, *args: Any, signals: Sequence[FteSignal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signals = signals
        for one in signals:
            self.fields[_name(one)] = forms.CharField(
                label=f"{capfirst(one.get_kind_display())}: {about(one, named=True)}",
                help_text=sentence(one),
                max_length=500,
                required=False,
                initial=one.explanation,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def explanations(self) -> dict[Key, str]:
        """What was said, by signal."""
        return {
            (one.kind, one.professional_id): self.cleaned_data[_name(one)] for one in self._signals
        }


def _name(signal: FteSignal) -> str:
    return f"explain_{signal.kind}_{signal.professional_id or 0}"


def _number(
    label: str, unit: str, initial: Decimal | None, decimals: int, most: Decimal
) -> VolumeField:
    return VolumeField(
        label=label,
        unit=unit,
        decimal_places=decimals,
        max_digits=6,
        max_value=most,
        required=False,
        initial=initial,
    )
