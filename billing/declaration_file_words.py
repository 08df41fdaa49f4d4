"""How declaration files are called on pages: what columns mean, facts, and rows as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import DeclarationFile
from billing.rules.filecells import PIECES, RowReader, Said
from billing.rules.filecolumns import Field, Layout
from billing.rules.sentences import WORDS
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.sheets import Sheet, shown
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, month_nl

#: Rows of a file that are shown as we read them.
SHOWN: Final = 5
#: What a column may hold: its name, and what it is for.
FIELDS: Final[Mapping[Field, tuple[str | Promise, str | Promise]]] = {
    Field.NUMBER: (
        gettext_lazy("Number of the placement"),
        gettext_lazy(
            "The allocation number that you received from us, or the municipality's. It tells the"
            " client."
        ),
    ),
    Field.PRODUCT: (
        gettext_lazy("Product code"),
        gettext_lazy("Without it, that of the placement."),
    ),
    Field.MONTH: (
        gettext_lazy("Month"),
        gettext_lazy("Such as 2026-10 or oktober 2026; the days follow from the placement."),
    ),
    Field.START: (
        gettext_lazy("First day"),
        gettext_lazy("Where your file has days and no month."),
    ),
    Field.END: (
        gettext_lazy("Last day"),
        gettext_lazy("Without it, the last day of that month."),
    ),
    Field.VOLUME: (
        gettext_lazy("Volume"),
        gettext_lazy("How much care was given, such as 12 or 2,5."),
    ),
    Field.UNIT: (
        gettext_lazy("Unit"),
        gettext_lazy("Such as uur, minuten or etmaal, or its code."),
    ),
    Field.TARIFF: (
        gettext_lazy("Tariff"),
        gettext_lazy("Without it, what was agreed."),
    ),
    Field.AMOUNT: (
        gettext_lazy("Amount"),
        gettext_lazy("Without it, volume times tariff."),
    ),
    Field.REFERENCE: (
        gettext_lazy("Reference of the line"),
        gettext_lazy("Your own number of the line, used once. Without it we give one."),
    ),
    Field.CREDIT: (
        gettext_lazy("Credit"),
        gettext_lazy("C or ja where the row takes an earlier line back."),
    ),
    Field.PREVIOUS: (
        gettext_lazy("Reference that is taken back"),
        gettext_lazy("Of a credit; without this column its own reference names the line."),
    ),
    Field.BIRTH_DATE: (
        gettext_lazy("Birth date"),
        gettext_lazy("Only to check that the number is that of the right client."),
    ),
    Field.SURNAME: (
        gettext_lazy("Surname"),
        gettext_lazy("Only to check as well, by its first three letters."),
    ),
    Field.MAIN: (
        gettext_lazy("Main contractor (KvK number)"),
        gettext_lazy("Only where two main contractors use the same numbers."),
    ),
}
TONES: Final = {
    DeclarationFile.Status.MAPPING: "warning",
    DeclarationFile.Status.CHECKING: "information",
    DeclarationFile.Status.CHECKED: "warning",
    DeclarationFile.Status.SENDING: "information",
    DeclarationFile.Status.SENT: "positive",
}


def facts_of(row: DeclarationFile) -> list[tuple[str, Any]]:
    """What is known of a file; figures as soon as it was checked."""
    facts: list[tuple[str, Any]] = [(_("Uploaded"), moment_nl(row.uploaded_at))]
    if row.sent_at:
        facts.append((_("Handed in on"), moment_nl(row.sent_at)))
    if row.mandate is not None:
        facts.append((_("Last worked at by"), row.mandate.office.name))
    facts.append((_("The file itself"), _term_of(row)))
    if row.status in (DeclarationFile.Status.MAPPING, DeclarationFile.Status.CHECKING):
        return facts
    is_sent = row.status == DeclarationFile.Status.SENT
    return [
        *facts,
        (_("Lines"), row.good_count),
        (_("Rejected") if is_sent else _("Would be rejected"), row.rejected_count),
        (_("Left out") if is_sent else _("Rows to mend"), row.wrong_count),
        (_("Declared"), format_euro(row.submitted)),
        (_("Approved") if is_sent else _("Would be approved"), format_euro(row.granted)),
    ]


def _term_of(row: DeclarationFile) -> str:
    """How long the file is kept, or since when it is not any more."""
    if row.erased_at:
        return _("erased on %(day)s; what was declared stays") % {
            "day": date_nl(timezone.localdate(row.erased_at))
        }
    last = (row.sent_at or row.uploaded_at) + timedelta(days=settings.DECLARATION_FILE_DAYS)
    if row.sent_at:
        text = _("kept up to and including %(day)s; what was declared stays")
    else:
        text = _("kept up to and including %(day)s, and thrown away if it was not handed in")
    return text % {"day": date_nl(timezone.localdate(last))}


def preview(sheet: Sheet, layout: Layout) -> dict[str, Any]:
    """The first rows as we read them, as a small table; a row that we cannot read says why."""
    reader = RowReader(sheet.heads, layout)
    rows = []
    for line in sheet.lines[:SHOWN]:
        said, faults = reader.read(line)
        if said is None:
            told = [
                "; ".join(
                    f"{layout.head(one.field)}: {one.text}" if one.field else one.text
                    for one in faults
                )
            ]
            rows.append([str(line.number), *told, *[""] * 5])
        else:
            rows.append([str(line.number), *_cells(said)])
    return {
        "caption": _("The first rows as we read them"),
        "headers": [
            *(_("Row"), _("Placement"), _("Product"), _("Care in")),
            *(_("Volume"), _("Amount"), _("Reference")),
        ],
        "rows": rows,
    }


def _cells(said: Said) -> Sequence[str]:
    when = month_nl(said.month) if said.month else ""
    if said.start:
        when = date_nl(said.start)
        when = f"{when} t/m {date_nl(said.end)}" if said.end else when
    unit = _("pieces") if said.unit == PIECES else WORDS.get(f"unit.{said.unit}", "")
    volume = "" if said.volume is None else f"{shown(said.volume)} {unit}".strip()
    amount = "" if said.amount is None else format_euro(said.amount)
    reference = said.reference or "–"
    if said.is_credit:
        reference = _("credit of %(reference)s") % {"reference": said.previous or reference}
    return [str(said.number), said.product or "–", when, volume or "–", amount or "–", reference]
