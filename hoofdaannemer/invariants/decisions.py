"""Promises about formal decisions and objections to them."""

from __future__ import annotations

from collections.abc import Iterator

from hoofdaannemer.invariants.promises import Promise, by_query
from subcontracts.models import FormalDecision, Objection
from subcontracts.rules import objections as rules


def _off_the_clock() -> Iterator[str]:
    """Days and marks that are not what the law's clock gives."""
    for row in FormalDecision.objects.exclude(sent_date=None).order_by("pk"):
        if row.sent_date and row.objection_until != rules.objection_until(row.sent_date):
            yield f"decision {row.pk} objection until {row.objection_until}"
    for one in Objection.objects.select_related("decision").order_by("pk"):
        until = one.decision.objection_until
        if until is None:
            expected: tuple[object, ...] = ("", None)
        else:
            expected = (
                rules.timeliness(until, one.received_date, one.posted_date),
                rules.decide_by(until, is_advised=one.is_advised, weeks_put_off=one.weeks_put_off),
            )
        if (one.timeliness, one.due_date) != expected:
            yield f"objection {one.pk} {one.timeliness or '-'} due {one.due_date}"


PROMISES: tuple[Promise, ...] = (
    by_query(
        "OBJ-01",
        "A formal decision is about one thing, of its own client; an objection is of that client.",
        """
        SELECT 'decision', decision.id
        FROM subcontracts_formaldecision decision
        LEFT JOIN subcontracts_allocation allocation ON allocation.id = decision.allocation_id
        LEFT JOIN subcontracts_allocationversion version ON version.id = decision.version_id
        LEFT JOIN subcontracts_requestedproduct product
            ON product.id = decision.requested_product_id
        LEFT JOIN subcontracts_requestedchange change ON change.id = decision.requested_change_id
        LEFT JOIN subcontracts_carerequest request
            ON request.id = coalesce(product.request_id, change.request_id)
        WHERE num_nonnulls(allocation.id, product.id, change.id) <> 1
           OR decision.client_id <> coalesce(allocation.client_id, request.client_id)
           OR version.allocation_id IS DISTINCT FROM decision.allocation_id
        UNION ALL
        SELECT 'objection', objection.id
        FROM subcontracts_objection objection
        JOIN subcontracts_formaldecision decision ON decision.id = objection.decision_id
        WHERE objection.client_id <> decision.client_id
        """,
    ),
    Promise(
        "OBJ-02",
        "Terms to object and to decide, and whether an objection was in time, follow the clock.",
        _off_the_clock,
    ),
    by_query(
        "OBJ-03",
        "What replaces or follows a decision or objection is about the same.",
        """
        SELECT 'decision', own.id
        FROM subcontracts_formaldecision own
        JOIN subcontracts_formaldecision other ON other.id IN (own.replaces_id, own.follows_id)
        WHERE (own.allocation_id, own.requested_product_id, own.requested_change_id)
            IS DISTINCT FROM
            (other.allocation_id, other.requested_product_id, other.requested_change_id)
        UNION ALL
        SELECT 'objection', own.id
        FROM subcontracts_objection own
        JOIN subcontracts_objection other ON other.id = own.replaces_id
        JOIN subcontracts_formaldecision decision ON decision.id = own.decision_id
        WHERE own.decision_id <> other.decision_id
          AND decision.replaces_id IS DISTINCT FROM other.decision_id
        """,
    ),
)
