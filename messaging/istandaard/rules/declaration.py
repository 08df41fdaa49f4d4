"""Rules of the declaration 323 and its answer 325, over the lines as a set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.lines import ServiceRow
from messaging.istandaard.model.declaration import Declaration, DeclarationAnswer
from messaging.istandaard.model.values import TotalAmount
from messaging.istandaard.scalars import OddDate

from .calendar import calendar_day, last_day_of_month, plus_months
from .client import CS002, TR134, is_bsn
from .general import TR101
from .odd_dates import CALENDAR
from .registry import Finding, Rule, rule

_FIRST_DAY: Final = date(2021, 1, 1)
_EUROS: Final = "83"

CD060 = rule(
    "CD060", _("A credit names the line that it takes back, and a debit does not name one.")
)
CD087 = rule("CD087", _("A line has a tariff, except where the unit is euros (83)."))
CS100 = rule("CS100", _("The period lies before 1 January 2021."))
CS325 = rule("CS325", _("An amount of zero is debit (D)."))
CS337 = rule("CS337", _("A product period stays within one calendar month."))
CS339 = rule("CS339", _("In euros (unit 83) the amount equals the delivered volume."))
CS340 = rule("CS340", _("The declaration period is one whole calendar month."))
TR137 = rule("TR137", _("The end date lies before the begin date or after the message date."))
TR315 = rule("TR315", _("The same line is credited twice in this message."))
TR316 = rule("TR316", _("A line cannot be credited in the message that declares it."))
TR335 = rule("TR335", _("The line is more than five years older than the declaration."))
TR342 = rule(
    "TR342", _("The rejected lines do not explain the difference between submitted and awarded.")
)
TR358 = rule("TR358", _("The total is not the sum of the lines (debit minus credit)."))
TR416 = rule(
    "TR416", _("The same product and period is declared twice for the client and allocation.")
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the lines are judged against; `declared_on` is None in an answer.

    `root` is the path of the class that holds the lines.
    """

    root: str
    message_date: date
    declared_on: date | None


LineCheck = Callable[[ServiceRow, Frame], "str | None"]
_LINE_CHECKS: Final[list[tuple[Rule, LineCheck]]] = []
_323_CHECKS: Final[list[tuple[Rule, LineCheck]]] = []


def _each(rule: Rule, *checks: list[tuple[Rule, LineCheck]]) -> Callable[[LineCheck], LineCheck]:
    def register(check: LineCheck) -> LineCheck:
        for known in checks:
            known.append((rule, check))
        return check

    return register


@_each(CD060, _LINE_CHECKS)
def _credit_names_debit(row: ServiceRow, frame: Frame) -> str | None:
    is_credit = row.debit_credit == "C"
    if is_credit == bool(row.previous_reference):
        return None
    return "ProductReferentie/VorigReferentieNummer"


@_each(CS325, _LINE_CHECKS)
def _zero_is_debit(row: ServiceRow, frame: Frame) -> str | None:
    is_wrong = row.amount == 0 and row.debit_credit != "D"
    return "IngediendBedrag/DebetCredit" if is_wrong else None


@_each(TR134, _LINE_CHECKS)
def _begun_before_message(row: ServiceRow, frame: Frame) -> str | None:
    return "ProductPeriode/Begindatum" if row.start > frame.message_date else None


@_each(TR137, _LINE_CHECKS)
def _period_in_order(row: ServiceRow, frame: Frame) -> str | None:
    return None if row.start <= row.end <= frame.message_date else "ProductPeriode/Einddatum"


@_each(CALENDAR, _323_CHECKS)
def _start_in_calendar(row: ServiceRow, frame: Frame) -> str | None:
    return "ProductPeriode/Begindatum" if isinstance(row.start, OddDate) else None


@_each(CALENDAR, _323_CHECKS)
def _end_in_calendar(row: ServiceRow, frame: Frame) -> str | None:
    return "ProductPeriode/Einddatum" if isinstance(row.end, OddDate) else None


@_each(TR335, _323_CHECKS)
def _not_too_late(row: ServiceRow, frame: Frame) -> str | None:
    if frame.declared_on is None or row.end.year >= frame.declared_on.year - 4:
        return None
    is_late = calendar_day(row.end) < plus_months(frame.declared_on, -60)
    return "ProductPeriode/Einddatum" if is_late else None


@_each(CD087, _323_CHECKS)
def _tariff_unless_euros(row: ServiceRow, frame: Frame) -> str | None:
    return None if (row.unit != _EUROS) == (row.tariff is not None) else "ProductTarief"


@_each(CS100, _323_CHECKS)
def _since_2021(row: ServiceRow, frame: Frame) -> str | None:
    return "ProductPeriode" if row.start < _FIRST_DAY or row.end < _FIRST_DAY else None


@_each(CS337, _323_CHECKS)
def _within_a_month(row: ServiceRow, frame: Frame) -> str | None:
    start, end = row.start, row.end
    is_one_month = start.month == end.month and start.year == end.year
    return None if is_one_month else "ProductPeriode"


@_each(CS339, _323_CHECKS)
def _euros_equal_volume(row: ServiceRow, frame: Frame) -> str | None:
    is_wrong = row.unit == _EUROS and row.amount != row.volume
    return "IngediendBedrag/Bedrag" if is_wrong else None


def declaration_findings(
    declaration: Declaration, message_date: date, rows: Sequence[ServiceRow]
) -> Iterator[Finding]:
    """All rules within a 323; its lines are given as rows, `declaration.clients` is not read."""
    root = "/Bericht/Declaratie"
    frame = Frame(root, message_date, declaration.declaration_date)
    yield from _of_declaration(declaration, message_date, rows)
    yield from _of_clients(rows, root)
    yield from _of_lines(rows, frame, [*_LINE_CHECKS, *_323_CHECKS])
    yield from _of_references(rows, root)
    yield from _of_double_debits(rows, root)


def answer_findings(
    answer: DeclarationAnswer, message_date: date, rows: Sequence[ServiceRow]
) -> Iterator[Finding]:
    """All rules within a 325 that has content; `answer.clients` is read through the rows."""
    root = "/Bericht/DeclaratieAntwoord"
    totals = (
        (answer.total_submitted, "TotaalIngediendBedrag"),
        (answer.total_awarded, "TotaalToegekendBedrag"),
    )
    for total, name in totals:
        yield from _zero_total_is_debit(total, f"{root}/{name}")
    if not _explains_difference(answer, rows):
        yield TR342.at(f"{root}/TotaalToegekendBedrag")
    yield from _of_clients(rows, root)
    yield from _of_lines(rows, Frame(root, message_date, None), _LINE_CHECKS)


def _explains_difference(answer: DeclarationAnswer, rows: Sequence[ServiceRow]) -> bool:
    if set(answer.return_codes) - {"0200", "8001"}:
        return answer.total_awarded.cents == 0
    difference = answer.total_submitted.signed - answer.total_awarded.signed
    return sum(row.signed for row in rows) == difference


def _zero_total_is_debit(total: TotalAmount, path: str) -> Iterator[Finding]:
    if total.cents == 0 and total.debit_credit != "D":
        yield CS325.at(f"{path}/DebetCredit")


def _of_declaration(
    declaration: Declaration, message_date: date, rows: Sequence[ServiceRow]
) -> Iterator[Finding]:
    root = "/Bericht/Declaratie"
    period = declaration.declaration_period
    start, end = period.start, period.end
    if start > message_date:
        yield TR134.at(f"{root}/DeclaratiePeriode/Begindatum")
    if not start <= end <= message_date:
        yield TR137.at(f"{root}/DeclaratiePeriode/Einddatum")
    if start < _FIRST_DAY or end < _FIRST_DAY:
        yield CS100.at(f"{root}/DeclaratiePeriode")
    if (start.year, start.month) != (end.year, end.month) or not _is_whole_month(start, end):
        yield CS340.at(f"{root}/DeclaratiePeriode")
    total = declaration.total_submitted
    yield from _zero_total_is_debit(total, f"{root}/TotaalIngediendBedrag")
    if total != TotalAmount.of(sum(row.signed for row in rows)):
        yield TR358.at(f"{root}/TotaalIngediendBedrag")


def _is_whole_month(start: date, end: date) -> bool:
    return start.day == 1 and end.day == last_day_of_month(end)


def _of_clients(rows: Sequence[ServiceRow], root: str) -> Iterator[Finding]:
    seen: set[str] = set()
    last = 0
    for row in rows:
        if row.client == last:
            continue
        last = row.client
        path = f"{root}/Clienten/Client[{row.client}]"
        if not is_bsn(row.bsn):
            yield CS002.at(f"{path}/Bsn")
        if row.bsn in seen:
            yield TR101.at(path)
        seen.add(row.bsn)


def _of_lines(
    rows: Sequence[ServiceRow], frame: Frame, checks: Sequence[tuple[Rule, LineCheck]]
) -> Iterator[Finding]:
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        for known, check in checks:
            if (place := check(row, frame)) is not None:
                yield known.at(f"{frame.root}/{row.path}/{place}")
        key = (row.bsn, row.reference, row.previous_reference)
        if key in seen:
            yield TR101.at(f"{frame.root}/{row.path}")
        seen.add(key)


def _of_references(rows: Sequence[ServiceRow], root: str) -> Iterator[Finding]:
    declared = {row.reference for row in rows}
    credited: set[str] = set()
    for row in rows:
        if not row.previous_reference:
            continue
        path = f"{root}/{row.path}/ProductReferentie/VorigReferentieNummer"
        if row.previous_reference in credited:
            yield TR315.at(path)
        if row.previous_reference in declared:
            yield TR316.at(path)
        credited.add(row.previous_reference)


def _of_double_debits(rows: Sequence[ServiceRow], root: str) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        if row.debit_credit != "D":
            continue
        key = (row.bsn, row.allocation_number, row.category, row.code, row.start, row.end)
        if key in seen:
            yield TR416.at(f"{root}/{row.path}")
        seen.add(key)
