"""The rows of a declaration file as lines of declarations, and the cells that stop others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from billing.models import DeclaredLine
from billing.rules.filecells import Fault, RowReader, Said
from billing.rules.filecolumns import Field, Layout, plain
from billing.rules.filelines import Quantity, period_of, quantity_of
from billing.rules.pxq import Unit, priced
from billing.selectors.file_catalogue import Catalogue
from billing.services.declarations import month_for
from billing.services.staging import CREDIT, StagedLine
from hoofdaannemer.core.money import to_cents
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.sheets import Sheet
from messaging.istandaard import ServiceRow, line_findings
from subcontracts.models import Client, Placement, Subcontractor

DEBIT: Final = "D"
#: Letters of a surname that are compared.
_LETTERS: Final = 3
#: The standard's birth date of somebody whose birth date is unknown.
_UNKNOWN: Final = "1900-01-01"
_PLACE: Final = re.compile(r"/Clienten/Client\[([0-9]+)\]/Prestaties/Prestatie\[1\](.*)")
#: In which field stands what a rule of the standard calls wrong; else the whole row is meant.
_FIELD_OF: Final[Mapping[str, Field]] = {
    "VorigReferentieNummer": Field.PREVIOUS,
    "ReferentieNummer": Field.REFERENCE,
    "Begindatum": Field.START,
    "Einddatum": Field.END,
    "ProductPeriode": Field.START,
    "Bedrag": Field.AMOUNT,
    "DebetCredit": Field.CREDIT,
}

#: A row that became a line, with the placement it is about.
Made = tuple[Placement, StagedLine]


@dataclass(frozen=True)
class Bundle:
    """The lines for one main contractor and law; `rows` are their rows in the file."""

    subcontractor: Subcontractor
    family: str
    month: Month
    rows: Sequence[int]
    lines: Sequence[StagedLine]

    def referred(self, number: str) -> list[StagedLine]:
        """The lines, with a reference from the declaration's number where the file has none."""
        return [
            line if line.reference else line._replace(reference=f"{number}-{line.line}")
            for line in self.lines
        ]


@dataclass(frozen=True)
class Understood:
    """What became of the rows of a file: lines, and faults by row."""

    bundles: Sequence[Bundle]
    faults: Sequence[tuple[int, Fault]]

    @property
    def good(self) -> int:
        """How many rows became a line."""
        return sum(len(one.rows) for one in self.bundles)

    @property
    def wrong(self) -> int:
        """How many rows have something to mend."""
        return len({row for row, _fault in self.faults})


def understood(scope: Scope, sheet: Sheet, layout: Layout) -> Understood:
    """Read all rows; a fixed number of questions to the database, however many there are."""
    reader = RowReader(sheet.heads, layout)
    faults: list[tuple[int, Fault]] = []
    said: list[Said] = []
    for row in sheet.lines:
        one, wrong = reader.read(row)
        faults += [(row.number, fault) for fault in wrong]
        if one is not None:
            said.append(one)
    catalogue = Catalogue(scope, said)
    made: dict[int, Made] = {}
    for one in said:
        found = _made(catalogue, one, scope.today)
        if isinstance(found, Fault):
            faults.append((one.line, found))
        else:
            made[one.line] = found
    for line, fault in _within(made, scope.today):
        faults.append((line, fault))
    for line in {line for line, _fault in faults}:
        made.pop(line, None)
    return Understood(_bundles(made), sorted(faults, key=lambda one: one[0]))


def _made(catalogue: Catalogue, said: Said, today: date) -> Made | Fault:
    placed = _placement(catalogue, said)
    if isinstance(placed, Fault):
        return placed
    if fault := _other_client(catalogue.clients.get(placed.client_id), said):
        return fault
    line = _credit(catalogue, placed, said) if said.is_credit else _debit(catalogue, placed, said)
    if isinstance(line, StagedLine) and Month.of(line.start).last > today:
        text = _("This month has not ended. Declare it when it has.")
        return Fault(Field.MONTH if said.month else Field.START, "BIL-153", text)
    return line if isinstance(line, Fault) else (placed, line)


def _placement(catalogue: Catalogue, said: Said) -> Placement | Fault:
    meant = [
        one
        for one in catalogue.placements(said.number)
        if not said.main or one.main_contractor.organisation.kvk == said.main
    ]
    if len(meant) > 1:
        meant = [one for one in meant if _fits(one, said)] or meant
    if not meant:
        text = _("You have no placement with this number. Use the number that you received.")
        return Fault(Field.NUMBER, "BIL-151", text)
    if len(meant) > 1:
        text = _(
            "More than one placement has this number. Use the number that you received from us, or"
            " add a column with the KvK number of the main contractor."
        )
        return Fault(Field.NUMBER, "BIL-151", text)
    return meant[0]


def _fits(placed: Placement, said: Said) -> bool:
    """Whether a row may be about this placement, by its product and days."""
    days = period_of(said, Period(placed.start_date, placed.end_date))
    is_product = not said.product or said.product == placed.product.code
    return is_product and Period(placed.start_date, placed.end_date).overlaps(days)


def _other_client(client: Client | None, said: Said) -> Fault | None:
    """What the file says of the person that the client of the placement is not."""
    if client is None:
        return None
    known = client.birth_date
    if said.birth_date and known != _UNKNOWN and said.birth_date.isoformat() != known:
        text = _("The client of this placement was born on another day. Check the number.")
        return Fault(Field.BIRTH_DATE, "BIL-152", text)
    begin = plain(client.surname)[:_LETTERS]
    words = [plain(word)[:_LETTERS] for word in said.surname.split()]
    if said.surname and not any(word and begin.startswith(word) for word in words):
        text = _("The client of this placement has another name. Check the number.")
        return Fault(Field.SURNAME, "BIL-152", text)
    return None


def _debit(catalogue: Catalogue, placed: Placement, said: Said) -> StagedLine | Fault:
    period = period_of(said, Period(placed.start_date, placed.end_date))
    price = catalogue.price(placed, period.start)
    quantity = quantity_of(said, price.unit)
    if isinstance(quantity, Fault):
        return quantity
    tariff, amount = priced(
        quantity.volume, quantity.unit, price.amount, price.price_unit, price.how
    )
    return _line(
        catalogue, placed, said, period, replace(quantity, tariff=quantity.tariff or tariff), amount
    )


def _credit(catalogue: Catalogue, placed: Placement, said: Said) -> StagedLine | Fault:
    """Takes an earlier line back; what the row leaves open is as that line says."""
    if not said.previous:
        # Marked as a credit it repeats the reference of the line, and has none of its own.
        said = replace(said, previous=said.reference, reference="")
    if not said.previous:
        text = _("Fill in the reference of the line that this row takes back.")
        return Fault(Field.PREVIOUS, "BIL-150", text)
    key = (placed.main_contractor_id, placed.family, said.previous)
    debit = catalogue.debits.get(key)
    if debit is None:
        line = _debit(catalogue, placed, said)
    else:
        line = _of_debit(catalogue, placed, said, debit)
    return line if isinstance(line, Fault) else line._replace(is_credit=True)


def _of_debit(
    catalogue: Catalogue, placed: Placement, said: Said, debit: DeclaredLine
) -> StagedLine | Fault:
    tariff = None if debit.tariff is None else to_cents(debit.tariff)
    quantity = Quantity(debit.volume, debit.unit, tariff)
    if said.volume is not None:
        said_so = quantity_of(said, debit.unit)
        if isinstance(said_so, Fault):
            return said_so
        quantity = replace(said_so, tariff=said_so.tariff or tariff)
    period = Period(said.start or debit.start_date, said.end or debit.end_date)
    return _line(catalogue, placed, said, period, quantity, to_cents(debit.amount))


def _line(
    catalogue: Catalogue,
    placed: Placement,
    said: Said,
    period: Period,
    quantity: Quantity,
    amount: int,
) -> StagedLine:
    """The line in the words of a 323; `amount` in cents holds where the row says none."""
    code = said.product or placed.product.code
    owner = (placed.main_contractor_id, placed.family)
    return StagedLine(
        line=said.line,
        client_id=placed.client_id,
        reference=said.reference,
        previous_reference=said.previous,
        number=placed.number,
        category=catalogue.categories.get((*owner, code), placed.product.category),
        code=code,
        start=period.start,
        end=period.end or period.start,
        volume=quantity.volume,
        unit=quantity.unit,
        tariff=quantity.tariff,
        amount=amount if said.amount is None else to_cents(said.amount),
        is_credit=False,
    )


def _within(made: Mapping[int, Made], today: date) -> list[tuple[int, Fault]]:
    """What the rules within a 323 say of the lines; there each of them refuses the whole."""
    rows = [
        ServiceRow(
            line=line.line,
            client=line.line,
            place=1,
            bsn=str(line.client_id),
            # A line without a reference gets one of its own.
            reference=line.reference or f"#{line.line}",
            previous_reference=line.previous_reference,
            allocation_number=line.number,
            category=line.category,
            code=line.code,
            start=line.start,
            end=line.end,
            volume=line.volume,
            unit=line.unit,
            # That an own team has no tariff is no fault of the row.
            tariff=0 if line.tariff is None and line.unit != Unit.EURO else line.tariff,
            amount=line.amount,
            debit_credit=CREDIT if line.is_credit else DEBIT,
        )
        for _placed, line in made.values()
    ]
    faults = []
    for finding in line_findings(rows, today):
        if found := _PLACE.fullmatch(finding.path):
            field = _FIELD_OF.get(found[2].rpartition("/")[2])
            faults.append((int(found[1]), Fault(field, finding.rule, str(finding.message))))
    return faults


def _bundles(made: Mapping[int, Made]) -> list[Bundle]:
    """By main contractor and law, in the order of the file."""
    groups: dict[tuple[int, str], list[Made]] = defaultdict(list)
    for placed, line in made.values():
        groups[placed.subcontractor_id, placed.family].append((placed, line))
    return [_bundle(group) for _party, group in sorted(groups.items())]


def _bundle(group: Sequence[Made]) -> Bundle:
    first = group[0][0]
    month = max(Month.of(line.start) for _placed, line in group)
    return Bundle(
        subcontractor=first.subcontractor,
        family=first.family,
        month=month_for(first.subcontractor, first.family, month),
        rows=[line.line for _placed, line in group],
        lines=[line._replace(line=at) for at, (_placed, line) in enumerate(group, start=1)],
    )
