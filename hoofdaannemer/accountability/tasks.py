"""Background work: build what was asked for. The row is the queue; beat sweeps it."""

from __future__ import annotations

from celery import shared_task

from hoofdaannemer.accountability import services
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.scope import acting_as, system


@shared_task(acks_late=True, ignore_result=True)
def sweep_reports() -> None:
    """Build every report that waits, or that a killed worker left behind."""
    with acting_as(system()) as scope:
        waiting = list(
            Report.objects.visible_to(scope).waiting().order_by("pk").values_list("pk", flat=True)
        )
    for report_id in waiting:
        _build(report_id)


def _build(report_id: int) -> None:
    # Two transactions: the page shows that it is in hand, and a crash leaves the row behind.
    with acting_as(system()) as scope:
        claimed = services.claim(scope=scope, report_id=report_id)
    if claimed:
        with acting_as(system()) as scope:
            services.build(scope=scope, report_id=report_id)
