"""Extents and stop reasons in words, with the labels of the official code lists."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hoofdaannemer.core.money import format_euro, from_cents
from messaging.istandaard.codelists import code_list
from subcontracts.models.allocations import Extent

_EUROS = "83"


def extent_text(row: Extent) -> str:
    """How much care, such as "4 uur per week"; empty where nothing is said."""
    if row.budget is not None:
        return _("a budget of %(amount)s") % {"amount": format_euro(row.budget)}
    if row.volume is None:
        return ""
    return f"{volume_text(row.volume, row.unit)} {frequency_text(row.frequency)}".strip()


def frequency_text(code: str) -> str:
    """How often a volume is given, after the volume: "a week"; the list's own words are longer."""
    return {
        "1": pgettext("frequency", "a day"),
        "2": pgettext("frequency", "a week"),
        "4": pgettext("frequency", "a month"),
        "6": pgettext("frequency", "in all"),
    }.get(code, "")


def volume_text(volume: int, unit: str) -> str:
    """`1 hour`, `15 hours`; an amount for a volume in eurocents; a bare number without a unit."""
    if unit == _EUROS:
        return format_euro(from_cents(volume))
    counted = {
        "01": ngettext("%(count)s minute", "%(count)s minutes", volume),
        "04": ngettext("%(count)s hour", "%(count)s hours", volume),
        "14": ngettext("%(count)s day of 24 hours", "%(count)s days of 24 hours", volume),
        "16": ngettext("%(count)s day part", "%(count)s day parts", volume),
        "82": ngettext("%(count)s piece", "%(count)s pieces", volume),
        "84": ngettext("%(count)s piece", "%(count)s pieces", volume),
    }
    return counted.get(unit, "%(count)s") % {"count": volume}


def unit_text(unit: str) -> str:
    """A unit of care in a word."""
    return code_list("WJ756").label(unit).lower()


def tariff_text(amount: Decimal, unit: str) -> str:
    """A price of one unit."""
    return _("%(amount)s per %(unit)s") % {"amount": format_euro(amount), "unit": unit_text(unit)}


def stop_reasons(family: str) -> list[tuple[str, str]]:
    """Codes and labels of the stop reasons of a law, in the order of the list."""
    codes = code_list(_stop_list(family)).codes
    return [(code, entry.label) for code, entry in codes.items()]


def stop_reason_text(family: str, code: str) -> str:
    """The label of a stop reason: lists differ per law."""
    return code_list(_stop_list(family)).label(code)


def rejection_text(code: str, responsible: str = "") -> str:
    """Why a request was refused (WJ759), and which municipality is responsible instead."""
    reason = code_list("WJ759").label(code)
    return f"{reason} ({code_list('CBS').label(responsible)})" if responsible else reason


def rejections(codes: Iterable[str]) -> list[tuple[str, str]]:
    """These reasons of refusal with their labels."""
    return [(code, code_list("WJ759").label(code)) for code in codes]


def referrers() -> list[tuple[str, str]]:
    """Codes and labels of the kinds of referrers (COD327)."""
    return [(code, entry.label) for code, entry in code_list("COD327").codes.items()]


def _stop_list(family: str) -> str:
    return "JZ588" if family == "jw" else "WMO588"
