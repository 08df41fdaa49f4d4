"""Taking in what the bank tells: each line beside its payment, and what failed free to be paid."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.bank_files import BankFile, Heard, Outcome, read
from billing.models import BankEntry, BankReport, Payment
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Scope

Oddity = BankEntry.Oddity
_LONGEST_NAME: Final = 100
_FAILED: Final = frozenset({Outcome.REJECTED, Outcome.RETURNED})


@transaction.atomic
def take_in(*, scope: Scope, main_contractor_id: int, name: str, data: bytes) -> BankReport:
    """Read a message of the bank. The same file again gives what was read, and does nothing.

    A payment that was rejected or came back is free to be paid again, unless something about it is
    odd. Raises NotAllowedError for anybody but a controller, RuleError BNK-01 to -03 as
    `bank_files.read` does, BNK-04 where nothing in it is about our payments.
    """
    policies.check_can_prepare(scope, main_contractor_id)
    digest = hashlib.sha256(data).hexdigest()
    MainContractor.objects.select_for_update(of=("self",)).get(pk=main_contractor_id)
    known = BankReport.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, digest=digest
    )
    if report := known.first():
        return report
    bank_file = read(data)
    found = _about_payments(scope, main_contractor_id, bank_file)
    if not found:
        raise RuleError("BNK-04", _("Nothing in this file is about a payment from here."))
    report = BankReport.objects.create(
        main_contractor_id=main_contractor_id,
        kind=bank_file.kind,
        message_id=bank_file.message_id,
        file_name=name[-_LONGEST_NAME:],
        digest=digest,
        content=data.decode(),
        others=len(bank_file.lines) - len({line for line, _payment in found}),
        received_by_id=scope.user_id,
        received_at=scope.at,
    )
    _store(report, found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_note_bank_failures(%s, %s)", [report.pk, scope.at])
    audit.record(scope, "bank_report.taken", report, kind=report.kind, lines=len(found))
    return report


@transaction.atomic
def settle(*, scope: Scope, entry: BankEntry, finding: str) -> BankEntry:
    """Record what was found out about a line that does not fit, by which payment may go on.

    Raises NotAllowedError for anybody but a controller, ConflictError where nothing is open,
    RuleError BNK-05 without words.
    """
    policies.check_can_prepare(scope, entry.main_contractor_id)
    rows = BankEntry.objects.visible_to(scope).to_find_out().select_for_update(of=("self",))
    row = rows.filter(pk=entry.pk).first()
    if row is None:
        raise ConflictError(_("There is nothing to find out about this line any more."))
    if not finding.strip():
        raise RuleError("BNK-05", _("Say what you found out."))
    row.settled_by_id = scope.user_id
    row.settled_at = scope.at
    row.finding = finding.strip()
    row.save(update_fields=["settled_by", "settled_at", "finding"])
    audit.record(scope, "bank_entry.settled", row)
    return row


def _about_payments(
    scope: Scope, main_contractor_id: int, bank_file: BankFile
) -> list[tuple[Heard, Payment]]:
    """Lines with their payments; where one line speaks of a payment, those about all do not."""
    payments = Payment.objects.visible_to(scope).filter(main_contractor=main_contractor_id)
    single = {line.reference for line in bank_file.lines if not line.is_whole}
    whole = {line.reference for line in bank_file.lines if line.is_whole}
    by_id = {one.end_to_end_id: one for one in payments.filter(end_to_end_id__in=single)}
    of_run: dict[str, list[Payment]] = defaultdict(list)
    for one in payments.filter(run__number__in=whole).select_related("run").defer("run__file"):
        of_run[one.run.number].append(one)
    found = [(line, one) for line in bank_file.lines for one in _meant(line, by_id, of_run)]
    told = {one.pk for line, one in found if not line.is_whole}
    of_all = {one.pk: (line, one) for line, one in found if line.is_whole and one.pk not in told}
    kept = [*of_all.values(), *((line, one) for line, one in found if not line.is_whole)]
    # What was booked and came back on one day may stand there in either order.
    return sorted(kept, key=lambda pair: (pair[1].pk, pair[0].outcome in _FAILED))


def _meant(
    line: Heard, by_id: Mapping[str, Payment], of_run: Mapping[str, list[Payment]]
) -> Iterable[Payment]:
    if not line.is_whole:
        return [by_id[line.reference]] if line.reference in by_id else []
    payments = of_run.get(line.reference, [])
    # A batch that was booked as another sum says nothing about each of its payments.
    if line.amount is not None and line.amount != sum(one.amount for one in payments):
        return []
    return payments


def _store(report: BankReport, found: Iterable[tuple[Heard, Payment]]) -> None:
    pairs = list(found)
    known: dict[int, set[str]] = defaultdict(set)
    before = BankEntry.objects.filter(payment__in=[payment for _line, payment in pairs])
    for payment_id, outcome in before.values_list("payment", "outcome"):
        known[payment_id].add(outcome)
    BankEntry.objects.bulk_create(
        BankEntry(
            main_contractor_id=report.main_contractor_id,
            report=report,
            payment=payment,
            outcome=line.outcome.value,
            code=line.code[:35],
            text=line.text,
            amount=None if line.is_whole else line.amount,
            day=line.day,
            oddity=_oddity(line, payment, known[payment.pk]),
        )
        for line, payment in pairs
    )


def _oddity(line: Heard, payment: Payment, before: set[str]) -> str:
    """Why a person has to look at a line; empty where nothing is odd."""
    if not line.is_whole and line.amount is not None and line.amount != payment.amount:
        return Oddity.AMOUNT
    if line.outcome == Outcome.BOOKED and payment.failed_at:
        return Oddity.TWICE
    if line.outcome == Outcome.REJECTED and Outcome.BOOKED in before:
        return Oddity.REJECTED_LATE
    return ""
