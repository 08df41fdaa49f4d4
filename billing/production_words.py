"""How rows of a production statement are shown: on pages, in a spreadsheet and in a letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Entitlement, ProductionLine, ProductionPart, ProductionStatement
from billing.rules.production import Change, Heading, Row, total
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.templatetags.core_format import period_nl, volume
from subcontracts.models import FundingLine
from subcontracts.words import tariff_text, unit_text, volume_text

_HOUR = "04"
Cells = tuple[str, ...]


def form_of(heading: Heading) -> str:
    """The funding form, an invoice, or the kind of cost of an own team."""
    return str(dict(ProductionLine.FORMS).get(heading.form, heading.form))


def kind_of(heading: Heading) -> str:
    """Whose care it is: under a subcontract, invoiced without one, or of an own team."""
    if heading.form == Entitlement.INVOICE:
        return _("invoice without a subcontract")
    if heading.form in ProductionLine.OWN_CARE.values():
        return _("own team")
    return _("subcontractor")


def subject_of(heading: Heading) -> str:
    """The product, or the form where it pays for none in particular; and whose care it is."""
    form, kind = form_of(heading), kind_of(heading)
    if heading.form in ProductionLine.OWN_CARE.values():
        return form
    if not heading.code:
        return f"{form} ({kind})"
    product = f"{heading.code} {heading.name}"
    if heading.form in (FundingLine.Form.PXQ, Entitlement.INVOICE):
        return f"{product} ({kind})"
    return f"{product}, {form} ({kind})"


def price_of(heading: Heading) -> str:
    """Euros a unit, in words; empty where there is no tariff."""
    if heading.tariff is None:
        return ""
    return tariff_text(heading.tariff, _HOUR if heading.is_per_hour else heading.unit)


def number_of(row: Row) -> str:
    """How much, in its unit; empty where the form counts nothing."""
    if row.number is None:
        return ""
    if row.number < 0 or row.number % 1:
        return f"{volume(row.number)} {unit_text(row.heading.unit)}"
    return volume_text(int(row.number), row.heading.unit)


def counted(number: Decimal | None) -> Decimal | int | None:
    """A number for a spreadsheet or CSV: whole where it is whole."""
    if number is None or number % 1:
        return number if number is None else number.normalize()
    return int(number)


def headers() -> Cells:
    """Of a table of rows."""
    return (
        _("Product"),
        pgettext("of production", "Number"),
        _("Tariff"),
        pgettext("of production", "Corrections"),
        _("Amount"),
    )


def cells_of(row: Row) -> Cells:
    """One row of the table."""
    corrected = format_euro(row.corrected) if row.corrected else ""
    heading = row.heading
    return (
        subject_of(heading),
        number_of(row),
        price_of(heading),
        corrected,
        format_euro(row.amount),
    )


def foot_of(rows: Sequence[Row]) -> Cells:
    """The totals below it."""
    corrected = sum((one.corrected for one in rows), ZERO)
    return (_("Total"), "", "", format_euro(corrected), format_euro(total(rows)))


def change_headers(number: int) -> Cells:
    """Of a table of what differs from the version before `number`."""
    before, now = (_("Version %(number)s") % {"number": one} for one in (number - 1, number))
    return (_("Product"), _("Tariff"), before, now, _("Difference"))


def change_cells(one: Change) -> Cells:
    """One row of it."""
    amounts = (format_euro(one.before), format_euro(one.now), format_euro(one.difference))
    return (subject_of(one.heading), price_of(one.heading), *amounts)


def title_of(row: ProductionStatement | ProductionPart) -> str:
    """What it is called, with its version from the second on."""
    words = {"year": row.year, "municipality": row.municipality.name, "number": row.number}
    if row.number > 1:
        return _("Production %(year)s, %(municipality)s, version %(number)s") % words
    return _("Production %(year)s, %(municipality)s") % words


def months_of(row: ProductionStatement | ProductionPart) -> str:
    """The part of the year that it is about."""
    return period_nl(Period(date(row.year, 1, 1), Month.of(row.last_month).last))
