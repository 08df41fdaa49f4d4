"""Of what was approved, what nothing is paid for: steered only, or paid as allocated."""

from __future__ import annotations

from collections.abc import Sequence

from billing.models import DeclaredLine
from billing.selectors.month_cards import Card
from hoofdaannemer.core.periods import Month
from subcontracts.selectors.purposes import Moment, steering


def unpaid(lines: Sequence[DeclaredLine]) -> set[int]:
    """Primary keys of the approved lines from which no entitlement follows for that reason.

    Wants `placement` joined. A line is judged on its first day, as entitlements are.
    """
    approved = [line for line in lines if line.is_approved and line.placement is not None]
    moments = {line.pk: _moment(line) for line in approved}
    steered = steering(set(moments.values()))
    return {pk for pk, moment in moments.items() if moment in steered}


def paid_as_allocated(lines: Sequence[DeclaredLine]) -> set[int]:
    """Primary keys of approved lines in whose place their funding line pays what was allocated.

    Wants `funding_line` joined.
    """
    return {
        line.pk
        for line in lines
        if line.is_approved and line.funding_line and line.funding_line.is_paid_as_allocated
    }


def _moment(line: DeclaredLine) -> Moment:
    return (line.placement.subcontract_id if line.placement else None), line.start_date


def steered_cards(cards: Sequence[Card], month: Month) -> list[Card]:
    """The clients of a month page for whose care nothing is paid by what is declared."""
    moments = {
        card.placement.pk: (
            card.placement.subcontract_id,
            max(card.placement.start_date, month.first),
        )
        for card in cards
    }
    steered = steering(set(moments.values()))
    return [card for card in cards if moments[card.placement.pk] in steered]
