"""Deciding about a tariff round, which publishes it; and undoing that before its day."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import tariff_round_policies as policies
from subcontracts.models import IndexRoundLine, TariffChange, TariffRound, TariffRoundLine
from subcontracts.selectors.tariff_reactions import summaries
from subcontracts.selectors.tariff_rounds import plan
from subcontracts.services.index_deciding import lock_amounts
from subcontracts.services.tariff_rounds import locked
from subcontracts.services.tariff_steps import TariffStep, is_untouched, step, take_back

Status = TariffRound.Status


@transaction.atomic
def decide(*, scope: Scope, row: TariffRound) -> TariffRound:
    """Let the tariffs of the round follow the old ones on its day, and publish them.

    Raises NotAllowedError for who submitted it, RuleError CON-117 once its day has come, CON-120
    where no contract gets another tariff, ConflictError where a tariff or contract changed since
    it was submitted.
    """
    row = locked(scope, row)
    policies.check_can_decide(scope, row)
    found = row.changes.visible_to(scope).taking_part().select_related("tariff").order_by("pk")
    lines = [one for one in found if one.tariff is not None]
    lock_amounts([one.tariff_id for one in lines], [])
    if _changed(scope, row):
        raise ConflictError(
            _("A tariff or contract changed since this round was submitted. Take it back first.")
        )
    if not lines:
        raise RuleError("CON-120", _("No contract gets another tariff by this round."))
    row.status, row.decided_by_id, row.decided_at = Status.DECIDED, scope.user_id, scope.at
    steps = _steps(lines)
    try:
        with transaction.atomic():
            made = step(scope=scope, verb="tariff.published", day=row.effective_date, steps=steps)
    except IntegrityError as error:
        raise ConflictError(_("One of these tariffs changed meanwhile. Prepare anew.")) from error
    for line, new in zip(lines, made, strict=True):
        line.new_tariff, line.is_applied = new, True
    TariffChange.objects.bulk_update(lines, ["new_tariff", "is_applied"], batch_size=1000)
    _keep_summaries(scope, row)
    row.save(update_fields=["status", "decided_by", "decided_at"])
    audit.record(scope, "tariff_round.decided", row, tariffs=len(lines))
    return row


def _keep_summaries(scope: Scope, row: TariffRound) -> None:
    """What is told of the reactions, without a word of whose they are."""
    lines = list(row.lines.visible_to(scope))
    found = summaries(scope, row)
    for line in lines:
        line.summary = found[line.pk].as_published()
    TariffRoundLine.objects.bulk_update(lines, ["summary"])


def _steps(lines: Sequence[TariffChange]) -> list[TariffStep]:
    return [
        TariffStep(one.tariff, one.new_amount, one.old_end_date)
        for one in lines
        if one.tariff is not None and one.new_amount is not None
    ]


def _changed(scope: Scope, row: TariffRound) -> bool:
    """Whether the same round, worked out now, would do something else."""
    now = {
        (
            one.tariff.pk,
            one.tariff.amount,
            one.tariff.end_date,
            one.change.new,
            one.change.left_out.value if one.change.left_out else "",
        )
        for one in plan(scope, row)
    }
    then = {
        (one.tariff_id, one.old_amount, one.old_end_date, one.new_amount, one.left_out)
        for one in row.changes.visible_to(scope)
    }
    return now != then


@transaction.atomic
def undo(*, scope: Scope, row: TariffRound, reason: str) -> TariffRound:
    """Take the new tariffs back, until the day before they begin; everything is as it was.

    Raises RuleError CON-118 from that day on, CON-121 where something was built on it since.
    """
    row = locked(scope, row)
    policies.check_can_undo(scope, row)
    applied = row.changes.visible_to(scope).filter(is_applied=True)
    lock_amounts({pk for pair in applied.values_list("tariff", "new_tariff") for pk in pair}, [])
    lines = list(applied.select_related("tariff", "new_tariff").order_by("pk"))
    steps = _steps(lines)
    made = [one.new_tariff for one in lines if one.new_tariff is not None]
    if len(steps) < len(lines) or _is_built_on(row, steps, lines):
        raise _built_on()
    applied.update(is_applied=False, new_tariff=None)
    try:
        with transaction.atomic():
            take_back(scope=scope, steps=steps, made=[one.pk for one in made])
    except ProtectedError as error:
        raise _built_on() from error
    row.status, row.undone_by_id, row.undone_at = Status.UNDONE, scope.user_id, scope.at
    row.undone_reason = reason
    row.save(update_fields=["status", "undone_by", "undone_at", "undone_reason"])
    audit.record(scope, "tariff_round.undone", row, tariffs=len(lines))
    return row


def _is_built_on(
    row: TariffRound, steps: Sequence[TariffStep], lines: Sequence[TariffChange]
) -> bool:
    """Whether a tariff is no longer as the decision left it, or a later one goes on from it."""
    news = [one.new_tariff for one in lines if one.new_tariff is not None]
    if not all(
        is_untouched(one, new, row.effective_date) for one, new in zip(steps, news, strict=True)
    ):
        return True
    keys = [new.pk for new in news]
    return (
        IndexRoundLine.objects.filter(is_applied=True, tariff__in=keys).exists()
        or TariffChange.objects.filter(is_applied=True, tariff__in=keys).exists()
    )


def _built_on() -> RuleError:
    return RuleError(
        "CON-121",
        _(
            "A tariff of this round was changed since, or a later decision builds on it."
            " Undo that first."
        ),
    )
