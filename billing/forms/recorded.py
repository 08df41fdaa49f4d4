"""What was recorded of a month before, held beside what it comes to now.

Asked again nothing is new. Where a month comes to something else, since the line ended earlier, a
start was reported late or care was corrected, the old entry is taken back by an opposite one and
the new one follows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from billing.forms.base import MonthContext, NewEntitlement
from billing.models import Entitlement
from billing.rules import explain
from billing.rules.explain import Entry, Explanation
from hoofdaannemer.core.periods import Month
from subcontracts.models import FundingLine, Placement

#: Line, month, and the client or placement where the form pays by that; 0 where it does not.
Key = tuple[int, Month, int]


def _whose(form: str, placement: Placement | None) -> int:
    """A volume is allocated to a placement; under other forms a client counts once."""
    if placement is None:
        return 0
    return placement.pk if form == FundingLine.Form.PXQ else placement.client_id


@dataclass(frozen=True)
class Due:
    """What a month of a line comes to now; `placement` where it is for one client."""

    line: FundingLine
    month: Month
    entry: Entry
    placement: Placement | None = None

    @property
    def key(self) -> Key:
        return self.line.pk, self.month, _whose(self.line.form, self.placement)


#: What these months of a line, in order, come to now.
OfLine = Callable[[FundingLine, Sequence[Month]], Iterable[Due]]


@dataclass(frozen=True)
class Recorded:
    """The entries of some lines under one form: those that stand, and how many there ever were."""

    standing: Mapping[Key, Entitlement]
    #: By their primary key.
    lines: Mapping[int, FundingLine]
    times: Mapping[Key, int]

    @classmethod
    def of(cls, form: str, lines: Iterable[FundingLine]) -> Recorded:
        """Read them. What was assessed, or settles a year, stands apart: it is no month's."""
        standing: dict[Key, Entitlement] = {}
        times: Counter[Key] = Counter()
        of_lines = {line.pk: line for line in lines}
        rows = (
            Entitlement.objects.of_months()
            .filter(funding_line__in=of_lines, form=form, corrects=None, assessment=None)
            .select_related("placement", "corrected_by")
        )
        for row in rows.order_by("pk"):
            whose = _whose(form, row.placement)
            key = (row.funding_line_id or 0, Month.of(row.month), whose)
            times[key] += 1
            if not hasattr(row, "corrected_by"):
                standing[key] = row
        return cls(standing, of_lines, times)

    def months_of(self, line: FundingLine) -> set[Month]:
        """Months of which something stands."""
        return {month for pk, month, _of in self.standing if pk == line.pk}

    def changes(self, due: Iterable[Due]) -> Iterator[NewEntitlement]:
        """What to record, so that what stands is what is due."""
        wanted = {one.key: one for one in due}
        for key, known in self.standing.items():
            if key not in wanted or wanted[key].entry.amount != known.amount:
                yield taken_back(self.lines[key[0]], known)
        for key, one in wanted.items():
            now = self.standing.get(key)
            if now is None or now.amount != one.entry.amount:
                yield _new(one, self.times.get(key, 0))


def compared(
    context: MonthContext,
    form: str,
    of_line: Callable[[FundingLine, Sequence[Month]], Iterable[Due]],
) -> Iterable[NewEntitlement]:
    """What is new for the lines of one form: the month of the run, and months that changed since.

    `of_line` says what these months of a line, in order, come to now. A contract that was entered
    late is so paid from its start; one that ended earlier pays back.
    """
    lines = [line for line in context.lines if line.form == form]
    if not lines:
        return []
    recorded = Recorded.of(form, lines)
    return recorded.changes(
        one
        for line in lines
        for one in of_line(line, sorted({*context.months_of(line), *recorded.months_of(line)}))
    )


def _new(due: Due, times: int) -> NewEntitlement:
    parts = [due.entry.reference]
    if due.placement:
        parts.append(str(due.placement.number))
    if times:
        parts.append(str(times + 1))
    return NewEntitlement(
        due.line,
        due.month,
        ":".join(parts),
        due.entry.explanation,
        placement=due.placement,
        product_id=due.placement.product_id if due.placement else None,
    )


def taken_back(line: FundingLine, known: Entitlement) -> NewEntitlement:
    """The opposite of an entry that no longer stands, in the month of that entry."""
    return NewEntitlement(
        line,
        Month.of(known.month),
        f"{known.reference}:-",
        Explanation("recorded.taken_back", (explain.text("line", known.reference),), -known.amount),
        placement=known.placement,
        corrects=known,
        product_id=known.product_id,
    )
