"""What is known of the parties of a payment run, for all of them in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from billing.models import Payment, PaymentRun, PaymentRunItem
from billing.rules.unusual import Before, Found, Payee, found
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontract


def items_of(run: PaymentRun) -> list[PaymentRunItem]:
    """The payments of a run, with their statements and parties."""
    parties = ("statement__subcontractor", "statement__provider_organisation")
    rows = run.items.select_related(*parties)
    return list(rows.defer("statement__pdf", "statement__document"))


def unusual(scope: Scope, run: PaymentRun, items: Sequence[PaymentRunItem]) -> list[Found]:
    """Everything unusual about the payments of a run, as it is now."""
    return found(payees(scope, run, items))


def payees(scope: Scope, run: PaymentRun, items: Sequence[PaymentRunItem]) -> list[Payee]:
    """The payments of a run with what is known of their parties."""
    parties = {item.statement.subcontractor_id for item in items}
    before = _before(scope, parties)
    running, ended = _contracts(scope, parties, run.execution_date)
    return [
        Payee(
            key=item.statement_id,
            number=item.statement.number,
            amount=item.amount,
            iban=item.iban,
            iban_since=item.statement.subcontractor.iban_since,
            day=run.execution_date,
            last_day=item.statement.last_day,
            released=item.statement.released,
            has_contract=item.statement.subcontractor_id in running,
            contract_ended=ended.get(item.statement.subcontractor_id),
            before=tuple(before[item.statement.subcontractor_id]),
        )
        for item in items
    ]


def _before(scope: Scope, parties: Iterable[int]) -> dict[int, list[Before]]:
    """What was paid to each and did not come back, newest first."""
    rows = (
        Payment.objects.visible_to(scope)
        .standing()
        .filter(statement__subcontractor__in=parties)
        .order_by("-execution_date", "-pk")
        .values_list("statement__subcontractor", "execution_date", "amount", "iban")
    )
    known: defaultdict[int, list[Before]] = defaultdict(list)
    for party, day, amount, iban in rows:
        known[party].append(Before(day, amount, iban))
    return known


def _contracts(scope: Scope, parties: Iterable[int], day: date) -> tuple[set[int], dict[int, date]]:
    """Parties with a contract that runs on a day, and the last day of the contracts of the rest."""
    rows = Subcontract.objects.visible_to(scope).filter(subcontractor__in=parties)
    running = set(rows.running_on(day).order_by().values_list("subcontractor", flat=True))
    ended = rows.filter(end_date__lt=day).order_by("end_date")
    pairs = ended.values_list("subcontractor", "end_date")
    return running, {party: last for party, last in pairs if last}
