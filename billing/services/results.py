"""Results: shown by the subcontractor, judged by the other side, objected to.

What depends on a result is entitled to by the verdict alone, when a month is closed. Where that of
a trajectory cannot be judged, or was not in time, what was delivered decides. That of a bonus is
asked for by `services.bonus_results`, and waits until somebody judged it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.forms import MonthContext, trajectory
from billing.models import ResultEntry, TrajectoryResult
from billing.models.disputes import Side
from billing.rules import results as rules
from billing.rules.results import Stake
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.models import FundingLine, Placement, Subcontract, Subcontractor
from subcontracts.rules.funding_parameters import RESULT_SHARE

#: Working days to show a result, to judge what was shown late, to object, and to decide about that.
EVIDENCE_DAYS: Final = 10
JUDGE_DAYS: Final = 5
OBJECTION_DAYS: Final = 10
DECIDE_DAYS: Final = 10
#: Characters of an entry, and bytes of a file.
MOST_TEXT: Final = 2000
MOST_BYTES: Final = 5 * 1024 * 1024
_PDF: Final = b"%PDF-"
Status = TrajectoryResult.Status
Outcome = TrajectoryResult.Outcome
Judge = TrajectoryResult.Judge
Kind = ResultEntry.Kind


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one side shows or says: words, and a PDF where there is one."""

    text: str
    file: bytes = b""
    file_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found, and why; `share` (a part of one) where it was met partly."""

    outcome: TrajectoryResult.Outcome
    ground: str
    share: Decimal | None = None


@transaction.atomic
def refresh(*, scope: Scope, subcontractor: Subcontractor) -> None:
    """Ask for the results of trajectories that ended, and settle those not judged in time.

    Where care went on, or an end was taken back, what waits lapses. Asked again it does nothing.
    For the system, and for who closes a month on its behalf. Raises RuleError BIL-21 where starts
    and stops do not follow each other.
    """
    lines = list(
        FundingLine.objects.filter(
            subcontract__subcontractor=subcontractor,
            form=trajectory.CODE,
            parameters__has_key=RESULT_SHARE,
        )
        .exclude(subcontract__status=Subcontract.Status.DRAFT)
        .select_related("subcontract")
        .prefetch_related("line_products")
        .order_by("pk")
    )
    if not lines:
        return
    Subcontractor.objects.select_for_update(of=("self",)).get(pk=subcontractor.pk)
    context = MonthContext(subcontractor, Month.of(scope.today), lines, scope.at)
    known = {
        (row.placement_id, row.number): row
        for row in TrajectoryResult.objects.filter(subcontractor=subcontractor)
        .exclude(placement=None)
        .select_for_update()
        .order_by("pk")
    }
    ended = set()
    for placement, line, stakes in trajectory.at_stake(context):
        for stake in stakes:
            if stake.is_ended:
                ended.add((placement.pk, stake.number))
                row = known.get((placement.pk, stake.number))
                _asked(scope, (placement, line), stake, row)
    for key, row in known.items():
        if row.status in TrajectoryResult.UNJUDGED and key not in ended:
            say(scope, row, Kind.LAPSED)
            move(scope, row, Status.LAPSED, {})
        elif row.status == Status.HANDED_IN and row.due_date < scope.today:
            _expire(scope, row)


@transaction.atomic
def ask(*, scope: Scope, placement: Placement, line: FundingLine, stake: Stake) -> TrajectoryResult:
    """Ask for the result of a trajectory that ended, or bring it up to date with its end."""
    key = {"placement": placement, "number": stake.number}
    row = TrajectoryResult.objects.select_for_update().filter(**key).first()
    _asked(scope, (placement, line), stake, row)
    return TrajectoryResult.objects.get(**key)


def _asked(
    scope: Scope, of: tuple[Placement, FundingLine], stake: Stake, row: TrajectoryResult | None
) -> None:
    """Begin a result, or bring one up to date with the last end of care."""
    placement, line = of
    target = stake.ended + timedelta(days=int(line.parameters["result_days"]))
    facts: dict[str, object] = {"ended_on": stake.ended, "at_stake": stake.amount}
    begun = {
        "target_date": target,
        "due_date": add_working_days(scope.today, EVIDENCE_DAYS),
        "measure": line.parameters["result_measure"],
        "judge": line.parameters["result_judge"],
    }
    if row is None:
        made = TrajectoryResult.objects.create(
            main_contractor_id=placement.main_contractor_id,
            provider_organisation_id=placement.provider_organisation_id,
            subcontractor_id=placement.subcontractor_id,
            placement=placement,
            funding_line=line,
            number=stake.number,
            recorded_at=scope.at,
            **facts,
            **begun,
        )
        say(scope, made, Kind.ENDED)
        audit.record(scope, "trajectory_result.asked", made, amount=str(stake.amount))
    elif row.status == Status.LAPSED:
        say(scope, row, Kind.ENDED)
        move(scope, row, Status.AWAITED, facts | begun)
    elif (row.ended_on, row.at_stake) != (stake.ended, stake.amount):
        moved = {"target_date": target} if row.status in TrajectoryResult.UNJUDGED else {}
        change(row, facts | moved)
        audit.record(scope, "trajectory_result.changed", row, amount=str(stake.amount))


def _expire(scope: Scope, row: TrajectoryResult) -> None:
    say(scope, row, Kind.EXPIRED, outcome=Outcome.EXPIRED, share=Decimal(1))
    move(
        scope,
        row,
        Status.JUDGED,
        {
            "outcome": Outcome.EXPIRED,
            "share": Decimal(1),
            "counts_from": row.due_date + timedelta(days=1),
            "judged_at": scope.at,
        },
    )


@transaction.atomic
def hand_in(*, scope: Scope, result: TrajectoryResult, shown: Shown) -> TrajectoryResult:
    """Show a result, or add to what was shown before it is judged; of a bonus on any day.

    Raises NotAllowedError for anybody but the subcontractor, ConflictError once it was judged,
    RuleError BIL-195 for a file that is no PDF of at most 5 MB, BIL-196 where nothing is shown.
    """
    policies.check_can_show_result(scope, result)
    row = _locked(scope, result, *TrajectoryResult.UNJUDGED)
    say(scope, row, Kind.EVIDENCE, shown=_checked(shown))
    if row.status == Status.AWAITED:
        due = max(row.target_date, add_working_days(scope.today, JUDGE_DAYS))
        move(scope, row, Status.HANDED_IN, {"due_date": due})
    else:
        audit.record(scope, "trajectory_result.handed_in", row)
    return row


@transaction.atomic
def judge(*, scope: Scope, result: TrajectoryResult, finding: Finding) -> TrajectoryResult:
    """Give the verdict, on the word of who judges by the contract.

    It counts from today; where both judge together, once the subcontractor agrees or its days to
    object are over. Raises NotAllowedError for anybody but a controller or contract manager, and
    for who showed it; ConflictError once it was judged; RuleError BIL-190 while the subcontractor
    may still show it, BIL-191 without a ground, BIL-192 for a part that does not fit, BIL-230 for a
    bonus that would not be judged.
    """
    policies.check_can_judge_result(scope, result)
    row = _locked(scope, result, *TrajectoryResult.UNJUDGED)
    if row.status == Status.AWAITED and row.due_date >= scope.today:
        raise RuleError(
            "BIL-190", _("The subcontractor can still show the result. Wait until it did.")
        )
    share = _share(row, finding)
    _check_other_side(scope, row)
    due = add_working_days(scope.today, OBJECTION_DAYS)
    is_joint = row.judge == Judge.JOINT
    say(scope, row, Kind.VERDICT, Shown(text=finding.ground), finding.outcome, share)
    move(
        scope,
        row,
        Status.JUDGED,
        {
            "outcome": finding.outcome,
            "share": share,
            "counts_from": due + timedelta(days=1) if is_joint else scope.today,
            "judged_by_id": scope.user_id,
            "judged_at": scope.at,
            "due_date": due,
        },
    )
    return row


@transaction.atomic
def agree(*, scope: Scope, result: TrajectoryResult) -> TrajectoryResult:
    """Agree with a verdict that both give together: it counts from today.

    Raises NotAllowedError for anybody but the subcontractor, ConflictError where it waits for
    nobody's agreement.
    """
    policies.check_can_show_result(scope, result)
    row = _locked(scope, result, Status.JUDGED)
    if not row.waits_for_agreement(scope.today):
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    say(scope, row, Kind.AGREED)
    move(scope, row, Status.JUDGED, {"counts_from": scope.today})
    return row


@transaction.atomic
def object_to(*, scope: Scope, result: TrajectoryResult, shown: Shown) -> TrajectoryResult:
    """Object to a verdict; somebody else then decides. What was found not in dispute is paid.

    Raises NotAllowedError for anybody but the subcontractor, ConflictError where it was not
    judged, RuleError BIL-193 after the days to object, BIL-194 where all of it is paid already,
    BIL-195 and BIL-196 as `hand_in` does.
    """
    policies.check_can_show_result(scope, result)
    row = _locked(scope, result, Status.JUDGED)
    if row.share == 1:
        raise RuleError("BIL-194", _("All that depends on the result is paid already."))
    if scope.today > row.due_date:
        raise RuleError("BIL-193", _("The days to object to this verdict are over."))
    say(scope, row, Kind.OBJECTION, shown=_checked(shown))
    changes: dict[str, object] = {"due_date": add_working_days(scope.today, DECIDE_DAYS)}
    if row.judge == Judge.JOINT:
        changes["counts_from"] = None
    move(scope, row, Status.OBJECTED, changes)
    return row


@transaction.atomic
def decide(*, scope: Scope, result: TrajectoryResult, finding: Finding) -> TrajectoryResult:
    """Decide about an objection, as somebody else than who judged; it counts from today.

    What differs from the verdict is put right by an opposite entry. Raises NotAllowedError,
    ConflictError where nobody objected, RuleError BIL-191, BIL-192 and BIL-230 as `judge` does.
    """
    policies.check_can_decide_result(scope, result)
    row = _locked(scope, result, Status.OBJECTED)
    policies.check_can_decide_result(scope, row)
    share = _share(row, finding)
    _check_other_side(scope, row)
    say(scope, row, Kind.DECISION, Shown(text=finding.ground), finding.outcome, share)
    move(
        scope,
        row,
        Status.DECIDED,
        {
            "outcome": finding.outcome,
            "share": share,
            "counts_from": scope.today,
            "decided_by_id": scope.user_id,
            "decided_at": scope.at,
        },
    )
    return row


def file_of(entry: ResultEntry) -> bytes:
    """The PDF of an entry."""
    return base64.b64decode(entry.file)


def _share(row: TrajectoryResult, finding: Finding) -> Decimal:
    if not finding.ground.strip():
        raise RuleError("BIL-191", _("Say why, so that the subcontractor can follow it."))
    if row.is_bonus and finding.outcome == Outcome.UNJUDGED:
        raise RuleError(
            "BIL-230",
            _("Say how much of the bonus was met. What cannot be judged was not met: say why."),
        )
    try:
        if finding.outcome == Outcome.EXPIRED:
            raise ValueError("time decides that, nobody else")
        return rules.share_of(rules.Outcome(finding.outcome), finding.share)
    except ValueError as error:
        raise RuleError(
            "BIL-192", _("Fill in which part was met: more than nothing and less than the whole.")
        ) from error


def _check_other_side(scope: Scope, row: TrajectoryResult) -> None:
    shown = row.entries.filter(side=Side.SUBCONTRACTOR, author=scope.user_id)
    if shown.exists():
        raise NotAllowedError(_("Somebody else judges a result than who showed it."))


def _checked(shown: Shown) -> Shown:
    text, file = shown.text.strip()[:MOST_TEXT], shown.file
    if file and (not file.startswith(_PDF) or len(file) > MOST_BYTES):
        raise RuleError("BIL-195", _("Add a PDF of at most 5 MB."))
    if not text and not file:
        raise RuleError("BIL-196", _("Say in words what came of it, or add a PDF."))
    return Shown(text=text, file=file, file_name=shown.file_name[:120])


def _locked(scope: Scope, result: TrajectoryResult, *statuses: str) -> TrajectoryResult:
    row = (
        TrajectoryResult.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=result.pk)
    )
    if row.status not in statuses:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


_SIDES: Final = frozenset({Kind.EVIDENCE, Kind.AGREED, Kind.OBJECTION})
#: What time brings about, whoever closes the month in which it is noted.
_BY_TIME: Final = frozenset({Kind.ENDED, Kind.WAITS, Kind.LAPSED, Kind.EXPIRED})


def say(
    scope: Scope,
    row: TrajectoryResult,
    kind: Kind,
    shown: Shown = Shown(text=""),
    outcome: str = "",
    share: Decimal | None = None,
) -> None:
    """Append what was shown, said or brought about by time."""
    ResultEntry.objects.create(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=row.provider_organisation_id,
        result=row,
        kind=kind,
        side=Side.SUBCONTRACTOR if kind in _SIDES else Side.MAIN,
        outcome=outcome,
        share=share,
        text=shown.text,
        file=base64.b64encode(shown.file).decode(),
        file_name=shown.file_name if shown.file else "",
        author_id=None if kind in _BY_TIME else scope.user_id or None,
        recorded_at=scope.at,
    )


def move(
    scope: Scope, row: TrajectoryResult, status: Status, changes: Mapping[str, object]
) -> None:
    """Change the status, with what goes with it, and record that."""
    if status not in TrajectoryResult.TRANSITIONS[Status(row.status)]:
        raise ValueError(f"{row.status} does not become {status}")
    change(row, {"status": status, **changes})
    audit.record(scope, f"trajectory_result.{status}", row, outcome=row.outcome)


def change(row: TrajectoryResult, changes: Mapping[str, object]) -> None:
    """Store other facts of a result; its status moves by `move` alone."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
