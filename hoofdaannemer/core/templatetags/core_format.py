"""How figures, days and periods read in Dutch; usable from Python and as template filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.core import money, numbers, working_days
from hoofdaannemer.core.periods import Month, Period

register = template.Library()

NOTHING = "–"


@register.filter
def euro(amount: Decimal | None) -> str:
    """`€ 1.234,50`, or a dash where there is no amount."""
    return NOTHING if amount is None or amount == "" else money.format_euro(amount)


@register.filter(is_safe=True)
def unbroken(text: str) -> str:
    """The text with each euro sign kept on the line of its amount."""
    return str(text).replace("€ ", "€\u00a0")


@register.filter
def volume(value: Decimal | int | None) -> str:
    """`1.234,5`: no trailing zeros, a dot per thousand."""
    if value is None or value == "":
        return NOTHING
    whole, _point, decimals = f"{value:,f}".partition(".") if value else ("0", "", "")
    decimals = decimals.rstrip("0")
    whole = whole.replace(",", ".")
    return f"{whole},{decimals}" if decimals else whole


def _local(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def date_nl(value: date | datetime | None) -> str:
    """`22-11-2026`, for tables; a moment as the local day it falls on."""
    return _local(value).strftime("%d-%m-%Y") if value else NOTHING


@register.filter
def date_long(value: date | datetime | None) -> str:
    """`22 november 2026`, for text."""
    return formats.date_format(_local(value), "j F Y") if value else NOTHING


@register.filter
def moment_nl(value: datetime | None) -> str:
    """`22-11-2026 14:05`, local time."""
    return timezone.localtime(value).strftime("%d-%m-%Y %H:%M") if value else NOTHING


def period_of(start: date, end: date | None) -> str:
    """The words for two days, both included; `end` None for open-ended."""
    if end is None:
        return _("from %(start)s") % {"start": date_long(start)}
    if start == end:
        return date_long(start)
    if start.year != end.year:
        first = date_long(start)
    elif start.month != end.month:
        first = formats.date_format(start, "j F")
    else:
        first = str(start.day)
    return _("%(start)s to %(end)s inclusive") % {"start": first, "end": date_long(end)}


def days_of(start: date, end: date | None) -> str:
    """Two days, both included, as tables show them: `01-09-2026 t/m 30-09-2026`."""
    shown = {"start": date_nl(start), "end": date_nl(end)}
    if end is None:
        return _("from %(start)s") % shown
    return shown["start"] if start == end else _("%(start)s to %(end)s inclusive") % shown


@register.filter
def period_nl(period: Period | None) -> str:
    """`1 t/m 30 september 2026`, or `vanaf 1 september 2026` where it is open-ended."""
    return period_of(period.start, period.end) if period else NOTHING


@register.filter
def month_nl(month: Month | date | None) -> str:
    """`september 2026`, for a month or a day in it."""
    if not month:
        return NOTHING
    return formats.date_format(month.first if isinstance(month, Month) else month, "F Y")


@register.filter
def bsn_masked(number: str | None) -> str:
    """All but the last three digits as dots."""
    return numbers.mask_bsn(number) if number else NOTHING


def working_days_left(due: date, today: date) -> int:
    """Working days from today to the due date; below zero when it is late."""
    return working_days.working_days_between(today, due)


@register.filter
def working_days_until(due: date | None, today: date) -> int | None:
    """For `deadline_chip.html`: `{{ due|working_days_until:request.scope.today }}`."""
    return working_days_left(due, today) if due else None


@register.filter
def deadline_text(days: int) -> str:
    """`nog 2 werkdagen`, `vandaag`, `1 werkdag te laat`."""
    if days == 0:
        return _("today")
    if days > 0:
        text = ngettext("%(days)s working day left", "%(days)s working days left", days)
        return text % {"days": days}
    text = ngettext("%(days)s working day late", "%(days)s working days late", -days)
    return text % {"days": -days}


@register.filter
def with_labels(cells: Sequence[object], labels: Sequence[object]) -> list[tuple[object, object]]:
    """Each cell of a row with the head of its column, which a phone shows beside it."""
    return list(zip(labels, cells, strict=True))


@register.filter
def file_size(count: int) -> str:
    """`12 kB`, `3,4 MB` in thousands, as file managers show it."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count // 1000} kB"
    tenths = count // 100_000
    return f"{tenths // 10},{tenths % 10} MB"
