"""Rules of the declaration 323 and its answer 325, over the lines as a set."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.lines import ServiceLines, ServiceRow
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


LineCheck = Callable[..., "str | None"]
"""The frame and the values of some columns → the element at fault, or None."""


@dataclass(frozen=True, slots=True)
class LineRule:
    """A rule about one line, asked once for all lines that are equal in its columns."""

    rule: Rule
    columns: tuple[str, ...]
    check: LineCheck


LINE_RULES: Final[list[LineRule]] = []
LINE_RULES_323: Final[list[LineRule]] = []


def _each(rule: Rule, known: list[LineRule], *columns: str) -> Callable[[LineCheck], LineCheck]:
    """Register a check of these columns of `ServiceRow`."""

    def register(check: LineCheck) -> LineCheck:
        known.append(LineRule(rule, columns, check))
        return check

    return register


@_each(CD060, LINE_RULES, "debit_credit", "previous_reference")
def _credit_names_debit(frame: Frame, debit_credit: str, previous: str) -> str | None:
    if (debit_credit == "C") == bool(previous):
        return None
    return "ProductReferentie/VorigReferentieNummer"


@_each(CS325, LINE_RULES, "amount", "debit_credit")
def _zero_is_debit(frame: Frame, amount: int, debit_credit: str) -> str | None:
    is_wrong = amount == 0 and debit_credit != "D"
    return "IngediendBedrag/DebetCredit" if is_wrong else None


@_each(TR134, LINE_RULES, "start")
def _begun_before_message(frame: Frame, start: date) -> str | None:
    return "ProductPeriode/Begindatum" if start > frame.message_date else None


@_each(TR137, LINE_RULES, "start", "end")
def _period_in_order(frame: Frame, start: date, end: date) -> str | None:
    return None if start <= end <= frame.message_date else "ProductPeriode/Einddatum"


@_each(CALENDAR, LINE_RULES_323, "start")
def _start_in_calendar(frame: Frame, start: date) -> str | None:
    return "ProductPeriode/Begindatum" if isinstance(start, OddDate) else None


@_each(CALENDAR, LINE_RULES_323, "end")
def _end_in_calendar(frame: Frame, end: date) -> str | None:
    return "ProductPeriode/Einddatum" if isinstance(end, OddDate) else None


@_each(TR335, LINE_RULES_323, "end")
def _not_too_late(frame: Frame, end: date) -> str | None:
    if frame.declared_on is None or end.year >= frame.declared_on.year - 4:
        return None
    is_late = calendar_day(end) < plus_months(frame.declared_on, -60)
    return "ProductPeriode/Einddatum" if is_late else None


@_each(CD087, LINE_RULES_323, "unit", "tariff")
def _tariff_unless_euros(frame: Frame, unit: str, tariff: int | None) -> str | None:
    return None if (unit != _EUROS) == (tariff is not None) else "ProductTarief"


@_each(CS100, LINE_RULES_323, "start", "end")
def _since_2021(frame: Frame, start: date, end: date) -> str | None:
    return "ProductPeriode" if start < _FIRST_DAY or end < _FIRST_DAY else None


@_each(CS337, LINE_RULES_323, "start", "end")
def _within_a_month(frame: Frame, start: date, end: date) -> str | None:
    is_one_month = start.month == end.month and start.year == end.year
    return None if is_one_month else "ProductPeriode"


@_each(CS339, LINE_RULES_323, "unit", "amount", "volume")
def _euros_equal_volume(frame: Frame, unit: str, amount: int, volume: int) -> str | None:
    is_wrong = unit == _EUROS and amount != volume
    return "IngediendBedrag/Bedrag" if is_wrong else None


def declaration_findings(
    declaration: Declaration, message_date: date, rows: Sequence[ServiceRow]
) -> Iterator[Finding]:
    """All rules within a 323; its lines are given as rows, `declaration.clients` is not read."""
    rows = ServiceLines.of(rows)
    root = "/Bericht/Declaratie"
    frame = Frame(root, message_date, declaration.declaration_date)
    yield from _of_declaration(declaration, message_date, rows)
    yield from _of_clients(rows, root)
    yield from _of_lines(rows, frame, [*LINE_RULES, *LINE_RULES_323])
    yield from _of_references(rows, root)
    yield from _of_double_debits(rows, root)


def line_findings(rows: Sequence[ServiceRow], day: date) -> Iterator[Finding]:
    """All rules about lines and what they have to do with each other, whatever they came in.

    `day` is that of the declaration. Paths begin with the place of the client.
    """
    rows = ServiceLines.of(rows)
    frame = Frame("", day, day)
    yield from _of_lines(rows, frame, [*LINE_RULES, *LINE_RULES_323])
    yield from _of_references(rows, "")
    yield from _of_double_debits(rows, "")


def answer_findings(
    answer: DeclarationAnswer, message_date: date, rows: Sequence[ServiceRow]
) -> Iterator[Finding]:
    """All rules within a 325 that has content; `answer.clients` is read through the rows."""
    rows = ServiceLines.of(rows)
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
    yield from _of_lines(rows, Frame(root, message_date, None), LINE_RULES)


def _explains_difference(answer: DeclarationAnswer, rows: ServiceLines) -> bool:
    if set(answer.return_codes) - {"0200", "8001"}:
        return answer.total_awarded.cents == 0
    difference = answer.total_submitted.signed - answer.total_awarded.signed
    return rows.signed == difference


def _zero_total_is_debit(total: TotalAmount, path: str) -> Iterator[Finding]:
    if total.cents == 0 and total.debit_credit != "D":
        yield CS325.at(f"{path}/DebetCredit")


def _of_declaration(
    declaration: Declaration, message_date: date, rows: ServiceLines
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
    if total != TotalAmount.of(rows.signed):
        yield TR358.at(f"{root}/TotaalIngediendBedrag")


def _is_whole_month(start: date, end: date) -> bool:
    return start.day == 1 and end.day == last_day_of_month(end)


def _of_clients(rows: ServiceLines, root: str) -> Iterator[Finding]:
    clients = list(dict(rows.values("client", "bsn")).items())
    repeated = set(_repeated([bsn for _client, bsn in clients]))
    for at, (client, bsn) in enumerate(clients):
        path = f"{root}/Clienten/Client[{client}]"
        if not is_bsn(bsn):
            yield CS002.at(f"{path}/Bsn")
        if at in repeated:
            yield TR101.at(path)


def _of_lines(rows: ServiceLines, frame: Frame, rules: Sequence[LineRule]) -> Iterator[Finding]:
    """Line by line, and of each line in the order of the rules; a key met twice comes last."""
    found: list[tuple[int, Rule, str]] = []
    for one in rules:
        # Thousands of lines have a few periods, units and tariffs between them.
        different = set(rows.values(*one.columns))
        wrong = {value: place for value in different if (place := _asked(one, frame, value))}
        if wrong:
            values = enumerate(rows.values(*one.columns))
            found += [(at, one.rule, f"/{wrong[value]}") for at, value in values if value in wrong]
    keys = list(rows.values("bsn", "reference", "previous_reference"))
    found += [(at, TR101, "") for at in _repeated(keys)]
    for at, broken, place in sorted(found, key=itemgetter(0)):
        yield broken.at(f"{frame.root}/{rows[at].path}{place}")


def _asked(one: LineRule, frame: Frame, value: Any) -> str | None:
    """What a rule says of one value, or of several together."""
    return one.check(frame, *value) if len(one.columns) > 1 else one.check(frame, value)


def _repeated(keys: Sequence[Hashable]) -> Iterator[int]:
    """Places of the keys that were met before."""
    if len(set(keys)) == len(keys):
        return
    seen: set[Hashable] = set()
    for at, key in enumerate(keys):
        if key in seen:
            yield at
        seen.add(key)


def _of_references(rows: ServiceLines, root: str) -> Iterator[Finding]:
    taken_back = [rows[at] for at, number in enumerate(rows.column("previous_reference")) if number]
    if not taken_back:
        return
    declared = set(rows.column("reference"))
    repeated = set(_repeated([row.previous_reference for row in taken_back]))
    for at, row in enumerate(taken_back):
        path = f"{root}/{row.path}/ProductReferentie/VorigReferentieNummer"
        if at in repeated:
            yield TR315.at(path)
        if row.previous_reference in declared:
            yield TR316.at(path)


_DEBIT_KEY: Final = ("bsn", "allocation_number", "category", "code", "start", "end")


def _of_double_debits(rows: ServiceLines, root: str) -> Iterator[Finding]:
    debits = [at for at, kind in enumerate(rows.column("debit_credit")) if kind == "D"]
    keys = list(rows.values(*_DEBIT_KEY))
    for place in _repeated([keys[at] for at in debits]):
        yield TR416.at(f"{root}/{rows[debits[place]].path}")
