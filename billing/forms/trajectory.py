"""A price for a whole trajectory, in parts that starts and stops bring about.

Parameters of the line: `price` in euros, `start_share` in percent, `nominal_days`, `restart_days`
(90 unless given), and `effects`, which overrides what an end reason does (code to effect). Where a
part depends on the result: `result_share` in percent, of the price or of the end part
(`result_of`); what was found of it stands in `TrajectoryResult`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.forms.base import MonthContext, Need, NewEntitlement, decimal
from billing.models import Entitlement, TrajectoryResult, TrajectoryStep
from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.results import Outcome, Stake, Verdict
from billing.rules.trajectory import Start, Step, Stop, TrajectoryTerms
from billing.rules.trajectory_parts import Part, chained
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from subcontracts.models import DeliveryStart, DeliveryStop, FundingLine, Placement
from subcontracts.rules.funding_parameters import RESULT_SHARE
from subcontracts.rules.trajectory_ends import Effect, Law
from subcontracts.selectors.purposes import steering

CODE: Final = FundingLine.Form.TRAJECTORY.value
TITLE: Final = gettext_lazy("Trajectories")

#: By subcontract and product, the lines that pay it and when.
Covered = Mapping[tuple[int | None, int], Sequence[tuple[int, Period]]]


def terms_of(line: FundingLine, family: str) -> TrajectoryTerms:
    """The terms of a funding line. Raises RuleError BIL-02 where one is missing."""
    stored = line.parameters
    return TrajectoryTerms(
        law=Law(family.upper()),
        price=decimal(stored, "price"),
        start_share=decimal(stored, "start_share") / 100,
        nominal_days=int(decimal(stored, "nominal_days")),
        restart_days=int(decimal(stored, "restart_days", "90")),
        effects={code: Effect(effect) for code, effect in stored.get("effects", {}).items()},
        result_share=decimal(stored, RESULT_SHARE, "0") / 100,
        is_of_end_part=stored.get("result_of") == "end",
    )


def at_stake(
    context: MonthContext,
) -> Iterator[tuple[Placement, FundingLine, Sequence[Stake]]]:
    """What depends on a result under lines that say so, by placement; nothing where it is steered.

    Raises RuleError BIL-21 where starts and stops do not follow each other.
    """
    lines = {
        line.pk: line
        for line in context.lines
        if line.form == CODE and RESULT_SHARE in line.parameters
    }
    if not lines:
        return
    found = []
    for part in _parts(context, lines):
        with _told(part.of):
            found.append((part.of, part.line, part.stakes()))
    steered = steering(
        {(line.subcontract_id, one.ended) for _placed, line, those in found for one in those}
    )
    for placement, line, those in found:
        unsteered = [one for one in those if (line.subcontract_id, one.ended) not in steered]
        yield placement, line, unsteered


def paying(covered: Covered, key: tuple[int | None, int], day: date) -> Iterator[int]:
    """Lines that cover a product of a subcontract on the first day of care."""
    return (line for line, period in covered.get(key, ()) if period.contains(day))


def needs(context: MonthContext) -> Iterable[Need]:
    """Nothing of its own: starts and stops are reported when they happen."""
    return []


def entitlements(context: MonthContext) -> Iterable[NewEntitlement]:
    """Steps up to the end of the month that are new, or no longer rest on a start or stop.

    A step whose start or stop was withdrawn is reversed by an opposite one, in the month of the
    run; the step that takes its place follows it.
    """
    lines = {line.pk: line for line in context.lines if line.form == CODE}
    if not lines:
        return
    recorded = _recorded(lines)
    verdicts = _verdicts(context, lines)
    found = [
        (part.of, part.line, _steps(part, verdicts.get(part.of.pk, {})))
        for part in _parts(context, lines)
    ]
    # Where messages are for steering only, a start or stop brings about nothing.
    steered = steering(
        {
            (line.subcontract_id, step.care_day)
            for _placed, line, steps_of in found
            for step in steps_of
        }
    )
    for placement, line, steps_of in found:
        due = {
            step.entry.reference: step
            for step in steps_of
            if step.day <= context.month.last
            and (line.subcontract_id, step.care_day) not in steered
        }
        for known in recorded.pop(placement.pk, []):
            if (step := due.pop(known.reference, None)) and step.amount == known.amount:
                continue
            yield _reversal(context, line, known)
            if step:
                due[known.reference] = step
        for step in sorted(due.values(), key=lambda step: step.day):
            yield _new(context, line, placement, step)


def _steps(part: Part[Placement, FundingLine], verdicts: Mapping[int, Verdict]) -> Sequence[Step]:
    with _told(part.of):
        return part.steps(verdicts)


@contextmanager
def _told(placement: Placement) -> Iterator[None]:
    """Says of which placement the starts and stops do not fit."""
    try:
        yield
    except ValueError as error:
        raise RuleError(
            "BIL-21",
            _("The starts and stops of placement %(number)s do not follow each other. Mend them.")
            % {"number": placement.number},
        ) from error


def _verdicts(
    context: MonthContext, lines: dict[int, FundingLine]
) -> dict[int, dict[int, Verdict]]:
    """What was found of results and counts by the end of the month, by placement and number."""
    found: defaultdict[int, dict[int, Verdict]] = defaultdict(dict)
    rows = TrajectoryResult.objects.filter(
        funding_line__in=lines, counts_from__lte=context.month.last
    )
    for row in rows:
        if row.placement_id and row.counts_from and row.share is not None:
            verdict = Verdict(row.counts_from, Outcome(row.outcome), row.share)
            found[row.placement_id][row.number] = verdict
    return found


def _recorded(lines: dict[int, FundingLine]) -> dict[int, list[TrajectoryStep]]:
    standing: defaultdict[int, list[TrajectoryStep]] = defaultdict(list)
    rows = TrajectoryStep.objects.filter(
        funding_line__in=lines, reverses=None, reversed_by=None
    ).select_related("entitlement", "placement")
    for row in rows:
        standing[row.placement_id].append(row)
    return dict(standing)


def _parts(
    context: MonthContext, lines: dict[int, FundingLine]
) -> Sequence[Part[Placement, FundingLine]]:
    """Placements with the line that covers their product on the first day of care."""
    covered = _covered(lines)
    live_stops = DeliveryStop.objects.live().order_by("end_date", "pk")
    placements = (
        Placement.objects.filter(
            subcontractor=context.subcontractor,
            subcontract__in={line.subcontract_id for line in lines.values()},
        )
        .order_by("pk")
        .prefetch_related(
            Prefetch("starts", DeliveryStart.objects.live().order_by("begin_date", "pk")),
            Prefetch("starts__stops", live_stops),
        )
    )
    found = []
    for placement in placements:
        starts = list(placement.starts.all())
        day = starts[0].begin_date if starts else placement.start_date
        key = placement.subcontract_id, placement.product_id
        for line_id in paying(covered, key, day):
            line = lines[line_id]
            terms = terms_of(line, placement.family)
            care = placement.client_id, placement.product_id, placement.subcontract_id
            found.append(Part(placement, line, terms, care, _events(placement)))
    return chained(found)


def _covered(lines: dict[int, FundingLine]) -> Covered:
    covered: defaultdict[tuple[int | None, int], list[tuple[int, Period]]] = defaultdict(list)
    for line in lines.values():
        for one in line.line_products.all():
            period = Period(one.start_date, one.end_date)
            covered[line.subcontract_id, one.product_id].append((line.pk, period))
    return dict(covered)


def _events(placement: Placement) -> Sequence[Start | Stop]:
    events: list[Start | Stop] = []
    for start in placement.starts.all():
        events.append(Start(start.begin_date))
        events += [Stop(stop.end_date, stop.reason) for stop in start.stops.all()]
    return events


def _new(
    context: MonthContext, line: FundingLine, placement: Placement, step: Step
) -> NewEntitlement:
    row = TrajectoryStep(
        main_contractor_id=placement.main_contractor_id,
        provider_organisation_id=placement.provider_organisation_id,
        placement=placement,
        funding_line=line,
        reference=step.entry.reference,
        # Whether somebody was qualified is asked of the day of care.
        day=step.care_day,
        amount=step.amount,
        explanation=step.entry.explanation.as_dict(),
        recorded_at=context.at,
    )
    return NewEntitlement(
        line,
        Month.of(step.day),
        f"{placement.number}:{step.entry.reference}",
        step.entry.explanation,
        placement=placement,
        step=row,
        product_id=placement.product_id,
    )


def _reversal(context: MonthContext, line: FundingLine, known: TrajectoryStep) -> NewEntitlement:
    before: Entitlement = known.entitlement
    why = Explanation("pxq.credit", (explain.text("line", before.reference),), -known.amount)
    row = TrajectoryStep(
        main_contractor_id=known.main_contractor_id,
        provider_organisation_id=known.provider_organisation_id,
        placement=known.placement,
        funding_line=line,
        reference=known.reference,
        day=known.day,
        amount=-known.amount,
        explanation=why.as_dict(),
        recorded_at=context.at,
        reverses=known,
    )
    return NewEntitlement(
        line,
        Month.of(before.month),
        f"{before.reference}:-",
        why,
        placement=known.placement,
        step=row,
        corrects=before,
        product_id=known.placement.product_id,
    )
