"""Tables and their columns: one look, safe sorting, and a plain value for exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import django_tables2
from django.db.models import Model, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags import core_format

Row = TypeVar("Row", bound=Model)
NUMBER = {"td": {"class": "ha-number"}, "th": {"class": "ha-number"}, "tf": {"class": "ha-number"}}
#: A number, a code or a day is read at a glance: it is not broken over two lines.
ONE_LINE = {"td": {"class": "ha-one-line"}}


def whole_days(text: str) -> SafeString:
    """A text in which no day is broken over two lines."""
    day = r'<span class="ha-one-line">\1</span>'
    days = re.sub(r"((?:\S+ )?\d\d-\d\d-\d{4})", day, escape(text))
    return mark_safe(f"<span>{days}</span>")  # noqa: S308  escaped


def in_total_order(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same order with the primary key last, so that a page never repeats or skips a row."""
    asked = list(rows.query.order_by or rows.model._meta.ordering or ())
    last = asked[-1] if asked else None
    name = last.expression if isinstance(last, OrderBy) else last
    name = getattr(name, "name", name)  # an F names its column
    if isinstance(name, str) and name.lstrip("-") in {"pk", rows.model._meta.pk.name}:
        return rows
    return rows.order_by(*asked, "pk")


class Table(django_tables2.Table):
    """Base of our tables. A column sorts only where it says `orderable=True`: sort on an index.

    Outside a ListPage it shows all its rows: `Table(rows, request=request, caption=...)`.
    """

    def __init__(
        self,
        *args: Any,
        caption: str | Promise = "",
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("orderable", False)
        kwargs.setdefault("template_name", "components/table.html")
        self.caption = caption
        super().__init__(*args, **kwargs)
        # Given to the library, it would page by the address, with the address's page size.
        self.request = request

    @property
    def order_by(self) -> Any:
        return super().order_by

    @order_by.setter
    def order_by(self, value: Any) -> None:
        django_tables2.Table.order_by.fset(self, value)
        if isinstance(self.data.data, QuerySet):
            self.data.data = in_total_order(self.data.data)


class CodeColumn(django_tables2.Column):
    """A number or reference by which something is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": ONE_LINE, **kwargs})


class NumberColumn(django_tables2.Column):
    """A volume or another number, right-aligned in tabular figures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": NUMBER, **kwargs})

    def render(self, value: Decimal | int) -> str:
        return core_format.volume(value)

    def value(self, value: Decimal | int) -> Decimal | int:
        return value


class EuroColumn(NumberColumn):
    """An amount in euros; the foot shows the total where `total` gives one for the table."""

    def render(self, value: Decimal | int) -> str:
        return format_euro(Decimal(value))


class DateColumn(CodeColumn):
    """A day as 22-11-2026; a moment as the local day it falls on."""

    def render(self, value: date | datetime) -> str:
        return core_format.date_nl(value)

    def value(self, value: date | datetime) -> date | datetime:
        return value


class MomentColumn(CodeColumn):
    """A moment as 22-11-2026 14:05, local time."""

    def render(self, value: datetime) -> str:
        return core_format.moment_nl(value)

    def value(self, value: datetime) -> datetime:
        return value


class PeriodColumn(django_tables2.Column):
    """A row's `start_date` and `end_date`, as 01-09-2026 t/m 30-09-2026; sorts on the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {"accessor": "start_date", "order_by": ("start_date",)}
        super().__init__(*args, **{**defaults, **kwargs})

    def render(self, record: Any) -> str:
        return whole_days(core_format.days_of(record.start_date, record.end_date))


class BadgeColumn(django_tables2.Column):
    """A status as word, icon and colour. `tones` maps the stored value to a tone of the badge."""

    def __init__(self, *args: Any, tones: Mapping[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tones = dict(tones)

    def render(self, value: object, record: Any, bound_column: Any) -> str:
        stored = bound_column.accessor.resolve(record, quiet=True)
        tone = self.tones.get(stored, "neutral")
        return render_to_string("components/badge.html", {"label": value, "tone": tone})

    def value(self, value: object) -> str:
        return str(value)


class DeadlineColumn(django_tables2.Column):
    """Working days left until a due date, as a chip. Needs `today` on the table's request scope."""

    def render(self, value: date, table: Any) -> str:
        days = core_format.working_days_left(value, table.request.scope.today)
        return render_to_string("components/deadline_chip.html", {"days": days, "due": value})

    def value(self, value: date) -> date:
        return value


class MaskedColumn(django_tables2.Column):
    """A number of which only the last three digits show, in exports too."""

    def render(self, value: str) -> str:
        return core_format.bsn_masked(value)
