"""The days of options and temporary lines that come along with a copy, to be looked at first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from subcontracts.services.carrying import Carried, CarriedLine
from subcontracts.services.extensions import OptionFacts


class CarryForm(PlainForm):
    """Each day as it would be; emptied, the option or the temporary line does not come along."""

    def __init__(self, *args: Any, carried: Carried, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._carried = carried
        for number, option in enumerate(carried.options):
            self._add_option(f"option{number}", option)
        for line in carried.lines:
            self._add_line(f"line{line.line.pk}", line)

    def _add_option(self, name: str, option: OptionFacts) -> None:
        self.fields[f"{name}_months"] = VolumeField(
            label=_("Extends by"),
            unit=_("months"),
            min_value=1,
            max_value=240,
            initial=option.months,
        )
        self.fields[f"{name}_announce"] = DutchDateField(
            label=_("Announce at the latest on"),
            required=False,
            initial=option.announce_by,
            help_text=_("Empty: this option does not come along."),
        )
        self.fields[f"{name}_decide"] = DutchDateField(
            label=_("Decide at the latest on"), required=False, initial=option.decide_by
        )

    def _add_line(self, name: str, line: CarriedLine) -> None:
        self.fields[f"{name}_end"] = DutchDateField(
            label=_("Last day"),
            required=False,
            initial=line.end_date,
            help_text=_("Empty: this line does not come along."),
        )
        if line.plan.evaluate_by is not None:
            self.fields[f"{name}_evaluate"] = DutchDateField(
                label=_("Evaluate at the latest on"), initial=line.plan.evaluate_by
            )

    @property
    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under a heading for each option and line."""
        found = []
        for number, _option in enumerate(self._carried.options):
            title = _("Option %(number)s") % {"number": number + 1}
            found.append((title, "", self._fields_of(f"option{number}_")))
        for one in self._carried.lines:
            title = _("Temporary: %(name)s") % {"name": one.line.name}
            found.append((title, "", self._fields_of(f"line{one.line.pk}_")))
        return found

    def _fields_of(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def along(self) -> Carried:
        """What comes along as it was filled in. Only after `is_valid()`."""
        ones = [self._line(one) for one in self._carried.lines]
        kept = [one for one in ones if one is not None]
        kept_keys = {one.line.pk for one in kept}
        return Carried(
            options=[one for one in self._options() if one is not None],
            lines=kept,
            left=frozenset({one.line.pk for one in self._carried.lines} - kept_keys),
        )

    def _options(self) -> list[OptionFacts | None]:
        said = self.cleaned_data
        return [
            OptionFacts(
                months=int(said[f"option{number}_months"]),
                announce_by=said[f"option{number}_announce"],
                decide_by=said[f"option{number}_decide"],
            )
            if said[f"option{number}_announce"]
            else None
            for number, _option in enumerate(self._carried.options)
        ]

    def _line(self, one: CarriedLine) -> CarriedLine | None:
        name = f"line{one.line.pk}"
        end = self.cleaned_data[f"{name}_end"]
        if end is None:
            return None
        evaluate_by = self.cleaned_data.get(f"{name}_evaluate")
        return replace(one, end_date=end, plan=replace(one.plan, evaluate_by=evaluate_by))
