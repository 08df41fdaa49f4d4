"""What is unusual in a payment run: kept when it is prepared, seen by who releases it."""

from __future__ import annotations

from collections.abc import Set

from django.utils.translation import gettext as _

from billing.models import PaymentRun, PaymentRunCheck
from billing.selectors.run_checks import items_of, unusual
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope


def of_run(scope: Scope, run: PaymentRun) -> list[PaymentRunCheck]:
    """What was found when it was prepared, and of a run that is open what came since, not kept yet.

    What went away meanwhile stays: it was so when somebody decided to pay.
    """
    rows = PaymentRunCheck.objects.visible_to(scope).filter(run=run)
    related = rows.select_related("statement__provider_organisation", "seen_by")
    kept = list(related.defer("statement__pdf", "statement__document"))
    if run.status != PaymentRun.Status.PREPARED:
        return kept
    known = {one.key for one in kept}
    return kept + [one for one in _found(scope, run) if one.key not in known]


def keys(scope: Scope, run: PaymentRun) -> frozenset[str]:
    """The keys of all of it, as somebody names them who looked at each."""
    return frozenset(one.key for one in of_run(scope, run))


def keep(scope: Scope, run: PaymentRun) -> None:
    """Keep what is unusual now, within the transaction that prepares the run."""
    PaymentRunCheck.objects.bulk_create(_found(scope, run))


def see(scope: Scope, run: PaymentRun, seen: Set[str]) -> None:
    """Keep who saw all of it, within the transaction that releases the run.

    Raises RuleError PAY-19 where something is not among what was seen.
    """
    checks = of_run(scope, run)
    if any(one.key not in seen for one in checks):
        raise RuleError(
            "PAY-19",
            _("Something unusual in this run was not looked at. Look at each of it, and tick it."),
        )
    for one in checks:
        one.seen_by_id, one.seen_at = scope.user_id, scope.at
    PaymentRunCheck.objects.bulk_create([one for one in checks if one.pk is None])
    kept = [one for one in checks if one.pk is not None]
    PaymentRunCheck.objects.bulk_update(kept, ["seen_by", "seen_at"])
    audit.record(scope, "payment_run.checked", run, count=len(checks))


def _found(scope: Scope, run: PaymentRun) -> list[PaymentRunCheck]:
    items = items_of(run)
    statements = {item.statement_id: item.statement for item in items}
    return [
        PaymentRunCheck(
            main_contractor_id=run.main_contractor_id,
            run=run,
            statement=statements[one.key],
            kind=one.sign.value,
            figures=one.why.as_dict(),
            found_at=scope.at,
        )
        for one in unusual(scope, run, items)
    ]
