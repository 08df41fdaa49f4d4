"""Filter forms: kept in the address, shown as chips, choices no wider than the scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.core.forms import NO_CHOICE, DutchDateField, PlainForm
from hoofdaannemer.core.periods import parse_period
from hoofdaannemer.core.templatetags.core_format import date_nl

# Not filters: the page, the order and the export.
_OTHER_KEYS = ("page", "_export")


@dataclass(frozen=True)
class Chip:
    """One active filter, and the address of the list without it."""

    label: str
    text: str
    remove_url: str


class FilterSet(django_filters.FilterSet):
    """Base of our filters; the form is rendered through the components."""

    def get_form_class(self) -> type[PlainForm]:
        """A PlainForm over the filters' fields, with none of them required."""
        fields = {name: filter_.field for name, filter_ in self.filters.items()}
        for field in fields.values():
            if getattr(field, "empty_label", None) == NO_CHOICE:
                field.empty_label = _("All")
            if isinstance(field, forms.NullBooleanField):
                answers = [("unknown", _("All")), ("true", _("Yes")), ("false", _("No"))]
                field.widget.choices = answers
        return type(f"{self.__class__.__name__}Form", (PlainForm,), fields)

    def chips(self) -> list[Chip]:
        """The active filters that could be read, in the order of the form."""
        if not self.is_bound:
            return []
        self.form.is_valid()
        return list(self._chips())

    def _chips(self) -> Iterator[Chip]:
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value is None or value == "" or value == []:
                continue
            keys = {name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before"}
            yield Chip(str(field.label or name), shown(field, value), self._without(keys))

    def _without(self, keys: set[str]) -> str:
        left = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        for key in [*keys, *_OTHER_KEYS]:
            left.pop(key, None)
        return f"?{left.urlencode()}"

    def other_values(self) -> list[tuple[str, str]]:
        """What the filter form must carry along unchanged: the order of the list."""
        if not isinstance(self.data, QueryDict):
            return []
        return [("sort", value) for value in self.data.getlist("sort")]


def shown(field: Any, value: Any) -> str:
    """A filter's value as its chip says it: the label of a choice, a day in Dutch."""
    if isinstance(value, Model):
        return str(value)
    if hasattr(value, "strftime"):
        return date_nl(value)
    labels = dict(_flat_choices(getattr(field, "choices", ())))
    values = value if isinstance(value, list | tuple | QuerySet) else [value]
    return ", ".join(str(labels.get(str(one), one)) for one in values)


def _flat_choices(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat_choices(label)
        else:
            yield str(value), label


class ScopedModelChoiceFilter(django_filters.ModelChoiceFilter):
    """A choice among the rows that the reader may see, and no others.

    `model` must offer `visible_to(scope)`; `only` leaves out what such a list never holds.
    """

    def __init__(
        self, *args: Any, model: type[Model], only: Q | None = None, **kwargs: Any
    ) -> None:
        def visible(request: HttpRequest | None) -> QuerySet[Any]:
            manager: Any = model._default_manager
            rows: QuerySet[Any] = manager.none()
            if request is not None:
                rows = manager.visible_to(request.scope).filter(only or Q())  # type: ignore[attr-defined]
            return rows

        super().__init__(*args, queryset=visible, **kwargs)


class PrefixFilter(django_filters.CharFilter):
    """Begins with; prefix search uses an index where `contains` reads the whole table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"lookup_expr": "istartswith", "max_length": 100, **kwargs})


class DayFilter(django_filters.DateFilter):
    """A day in Dutch notation; `lookup_expr` as with any filter."""

    field_class = DutchDateField


class PeriodFilter(django_filters.CharFilter):
    """Rows whose date lies in `2026-03`, `2026-Q1` or `2026`; another text is an invalid filter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"validators": [_is_period], "max_length": 10, **kwargs})

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        period = parse_period(value)
        return rows.filter(**{f"{self.field_name}__range": (period.start, period.end)})


class MomentPeriodFilter(PeriodFilter):
    """As PeriodFilter, on a moment: local days, as a range that an index can follow."""

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        period = parse_period(value)
        if period.end is None:
            raise ValueError("a month, quarter or year ends")
        return rows.filter(
            **{
                f"{self.field_name}__gte": start_of(period.start),
                f"{self.field_name}__lt": start_of(period.end + timedelta(days=1)),
            }
        )


class SinceFilter(DayFilter):
    """Rows of which the moment lies on this day or later."""

    def filter(self, rows: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        return rows.filter(**{f"{self.field_name}__gte": start_of(value)}) if value else rows


class UntilFilter(DayFilter):
    """Rows of which the moment lies on this day or earlier."""

    def filter(self, rows: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if not value:
            return rows
        return rows.filter(**{f"{self.field_name}__lt": start_of(value + timedelta(days=1))})


def start_of(day: date) -> datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _is_period(text: str) -> None:
    try:
        parse_period(text)
    except ValueError as error:
        raise ValidationError(_("Enter a month such as 2026-03, a quarter or a year.")) from error
