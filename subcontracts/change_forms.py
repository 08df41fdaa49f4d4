"""The form of a request for change: everything that is current, filled in, to be corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, EuroField, RadioCards, VolumeField
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.rowforms import name_of
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, period_of
from subcontracts import words
from subcontracts.models import Allocation, Placement, Product
from subcontracts.product_forms import ProductsForm
from subcontracts.rules.raising import Terms
from subcontracts.selectors.current import terms_of
from subcontracts.services.changes import Addition, ChangeDraft

Row = Allocation | Placement


@dataclass(frozen=True)
class CurrentFields:
    """What is current, with the fields in which it is corrected."""

    title: str
    now: str
    fields: Sequence[forms.BoundField]


class ChangeForm(ProductsForm):
    """How each current allocation, or placement, is to become, and what is to come besides.

    What is left as it is filled in stays as it is.
    """

    FEWEST = 0
    reason = forms.ChoiceField(label=_("Why is a change needed?"), widget=RadioCards)

    def __init__(
        self, *args: Any, scope: Scope, current: Sequence[Row], initial: Any = None, **kwargs: Any
    ) -> None:
        self.current = {row.number: row for row in current}
        known = {
            _of(name, row.number): getattr(row, name)
            for row in current
            for name in ("end_date", "volume", "budget")
        }
        super().__init__(*args, scope=scope, initial=known | (initial or {}), **kwargs)
        choice: Any = self.fields["reason"]
        choice.choices = words.change_reasons()
        for row in self._shown():
            self._ask_current(row)

    @property
    def goods(self) -> QuerySet[Product]:
        """Under the law and of the main contractor that the current care is of."""
        row = next(iter(self.current.values()), None)
        if row is None:
            return super().goods.none()
        return super().goods.filter(main_contractor=row.main_contractor_id, family=row.family)

    def _ask_current(self, row: Row) -> None:
        self._put("end_date", row, DutchDateField(label=_("Up to and including"), required=False))
        if row.volume is not None:
            unit = f"{words.unit_text(row.unit)} {words.frequency_text(row.frequency)}".strip()
            self._put("volume", row, VolumeField(label=_("Volume"), min_value=1, unit=unit))
        if row.budget is not None:
            self._put("budget", row, EuroField(label=_("Budget"), min_value=Decimal("0.01")))
        if row.volume is not None and not terms_of(row).is_in_total:
            first = DutchDateField(
                label=_("Other volume from"),
                required=False,
                help_text=_("Only for another volume: the first day on which it holds."),
            )
            self._put("from", row, first)

    def _put(self, name: str, row: Row, field: forms.Field) -> None:
        # The list of errors names fields without the heading they stand under.
        field.label = gettext("%(label)s (%(number)s)") % {
            "label": field.label,
            "number": row.number,
        }
        self.fields[_of(name, row.number)] = field

    @property
    def sections(self) -> Iterator[CurrentFields]:
        """The current care, each with its fields."""
        for row in self._shown():
            product = row.product or row.category if isinstance(row, Allocation) else row.product
            names = [_of(name, row.number) for name in ("volume", "budget", "from", "end_date")]
            parts = (words.extent_text(row), period_of(row.start_date, row.end_date))
            yield CurrentFields(
                title="{} ({})".format(product or _("not specified"), row.number),
                now=", ".join(part for part in parts if part),
                fields=[self[name] for name in names if name in self.fields],
            )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for row in self._shown():
            self._clean_current(found, row)
        if not self.errors and not self.count and not self._changed():
            self.add_error(None, _("Nothing changes yet. Correct something, or add a product."))
        return found

    def _shown(self) -> list[Row]:
        """What became current since the page was made is not on it, and stays as it is."""
        rows = list(self.current.values())
        if not self.is_bound:
            return rows
        return [row for row in rows if _of("end_date", row.number) in self.data]

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        super().clean_row(found, number)
        name = name_of("start_date", number)
        start = found.get(name)
        if start and start <= self.scope.today:
            self.add_error(name, _("New care begins after today. Choose a later day. (TR380)"))

    def _clean_current(self, found: dict[str, Any], row: Row) -> None:
        number = row.number
        end, first = found.get(_of("end_date", number)), found.get(_of("from", number))
        if _of("from", number) in self.fields:
            self._clean_first_day(row, first, found.get(_of("volume", number)))
        if end and end < (first or row.start_date):
            self.add_error(_of("end_date", number), _("The last day cannot be before the first."))
        if not end and _of("end_date", number) in found and _needs_end(row):
            self.add_error(
                _of("end_date", number), _("A volume per week, or a budget, needs a last day.")
            )

    def _clean_first_day(self, row: Row, first: date | None, volume: Decimal | None) -> None:
        name = _of("from", row.number)
        if volume is None:
            return
        is_other = volume != row.volume
        if first is None and is_other:
            self.add_error(name, _("Enter the first day on which the other volume holds."))
        if first is not None and not is_other:
            self.add_error(name, _("The volume is the same. Change it, or leave this empty."))
        if first and is_other and first <= self.scope.today and first != row.start_date:
            text = _("Choose a day after today, or %(day)s: the day it all began. (TR357)")
            self.add_error(name, text % {"day": date_nl(row.start_date)})

    def _wanted(self, row: Row) -> Terms:
        """How it is to become: from the first day, unless another volume holds from a later one."""
        found, now = self.cleaned_data, terms_of(row)
        volume = found.get(_of("volume", row.number), now.volume)
        return replace(
            now,
            period=Period(
                found.get(_of("from", row.number)) or row.start_date,
                found[_of("end_date", row.number)],
            ),
            volume=None if volume is None else int(volume),
            budget=found.get(_of("budget", row.number), now.budget),
        )

    def _changed(self) -> dict[int, Terms]:
        wanted = {row.number: self._wanted(row) for row in self._shown()}
        return {
            number: terms
            for number, terms in wanted.items()
            if terms != terms_of(self.current[number])
        }

    @property
    def draft(self) -> ChangeDraft:
        """What is wanted. Only after `is_valid()`."""
        changed = self._changed()
        return ChangeDraft(
            reason=self.cleaned_data["reason"],
            unchanged=[number for number in self.current if number not in changed],
            changed=changed,
            added=[self._addition(number) for number in range(1, self.count + 1)],
        )

    def _addition(self, number: int) -> Addition:
        asked = self.asked(number)
        period = Period(asked["start_date"], asked["end_date"])
        extent = {name: asked[name] for name in ("volume", "unit", "frequency")}
        return Addition(product=asked["product"], terms=Terms(period=period, **extent))


def _of(name: str, number: int) -> str:
    """The name of a field about something current."""
    return f"{name}_of_{number}"


def _needs_end(row: Row) -> bool:
    """CD075 and CD076: what is a budget, or given per week, has a last day."""
    return row.budget is not None or row.frequency == "2"
