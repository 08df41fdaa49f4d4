"""Payment runs: prepared by one controller, released by another, paid by the database."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from billing import policies
from billing.bank_words import ABOUT_THE_ACCOUNT
from billing.models import BankEntry, Payment, PaymentRun, PaymentRunItem, Statement
from billing.models.account_changes import COOLING_DAYS
from billing.sepa import Account, PaymentOrder, Transfer, Version, payment_file
from billing.services import run_checks
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import is_bank_day


@dataclass(frozen=True)
class Left:
    """A statement that is due and cannot be paid yet."""

    statement: Statement
    reason: str


@dataclass(frozen=True)
class Due:
    """Statements that a run would pay, and those it would leave."""

    payable: tuple[Statement, ...]
    left: tuple[Left, ...]


def due(*, scope: Scope, main_contractor_id: int) -> Due:
    """Issued statements above zero that no run has, own teams never among them."""
    policies.check_can_run_month(scope, main_contractor_id)
    waiting = (
        Statement.objects.visible_to(scope)
        .light()
        .filter(
            main_contractor=main_contractor_id,
            payable__gt=0,
            subcontractor__is_own_team=False,
        )
        .exclude(Exists(Payment.objects.standing().filter(statement=OuterRef("pk"))))
        .exclude(run_items__is_dropped=False)
        .select_related("subcontractor__provider_organisation")
        .prefetch_related(
            Prefetch("payments", Payment.objects.order_by("pk")),
            Prefetch("payments__bank_entries", BankEntry.objects.to_find_out()),
        )
        .order_by("month", "number")
    )
    payable, left = [], []
    for statement in waiting:
        if reason := _obstacle(statement, scope.today):
            left.append(Left(statement, reason))
        else:
            payable.append(statement)
    return Due(tuple(payable), tuple(left))


def _obstacle(statement: Statement, today: date) -> str:
    party = statement.subcontractor
    if not party.iban:
        return _("No account number is known.")
    if policies.is_cooling(party, today):
        return _("The account number changed in the last %(days)s days.") % {"days": COOLING_DAYS}
    failed = statement.payments.all()
    if any(one.bank_entries.all() for one in failed):
        return _("What the bank says about it is odd. Find that out first.")
    if any(one.failure_code in ABOUT_THE_ACCOUNT and one.iban == party.iban for one in failed):
        return _("The bank refused this account. Ask for another one first.")
    return ""


@transaction.atomic
def prepare_run(*, scope: Scope, main_contractor_id: int) -> PaymentRun:
    """Put all statements that can be paid into a run.

    Raises RuleError PAY-18 where it is not known from which account, and PAY-07 where there is
    nothing to pay.
    """
    policies.check_can_prepare(scope, main_contractor_id)
    main = MainContractor.objects.select_for_update(of=("self",)).get(pk=main_contractor_id)
    if not main.iban:
        raise RuleError(
            "PAY-18",
            _("It is not known from which account is paid. Ask your administrator to set it."),
        )
    found = due(scope=scope, main_contractor_id=main_contractor_id)
    if not found.payable:
        raise RuleError("PAY-07", _("There is no statement to pay at this moment."))
    run = PaymentRun.objects.create(
        main_contractor_id=main_contractor_id,
        number=f"BR{scope.today.year}-{_next(main_contractor_id, scope.today):04d}",
        execution_date=_bank_day_after(scope.today),
        total=sum((one.payable for one in found.payable), ZERO),
        prepared_by_id=scope.user_id,
        prepared_at=scope.at,
    )
    PaymentRunItem.objects.bulk_create(
        PaymentRunItem(
            main_contractor_id=main_contractor_id,
            run=run,
            statement=statement,
            amount=statement.payable,
            iban=statement.subcontractor.iban,
            account_holder=statement.subcontractor.account_holder
            or statement.subcontractor.provider_organisation.name[:70],
        )
        for statement in found.payable
    )
    run_checks.keep(scope, run)
    audit.record(scope, "payment_run.prepared", run, total=str(run.total))
    return run


def _next(main_contractor_id: int, today: date) -> int:
    return next_number(main_contractor_id, f"payment_run:{today.year}")


def _bank_day_after(today: date) -> date:
    day = today + timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


#: What the database refuses on its own account, in words; it checks everything again.
_CHANGED: Final = "PAY-05"


@transaction.atomic
def release_run(
    *,
    scope: Scope,
    run: PaymentRun,
    seen: Set[str],
    version: PaymentRun.Version | None = None,
) -> PaymentRun:
    """Release a run: the database makes its payments, and the SEPA file is kept with it.

    `seen` names the unusual things that the releaser looked at, by `run_checks.keys`. `version` is
    that of the file; without one it is that of the run before. Raises RuleError PAY-02 for a run
    that is not open, PAY-05 where an account changed since it was prepared, PAY-19 where something
    unusual was not seen; NotAllowedError for who prepared it.
    """
    run = _locked(scope, run)
    policies.check_can_release(scope, run)
    if _changed(run):
        raise RuleError(
            _CHANGED,
            _("An account number changed since this run was prepared. Cancel it and prepare anew."),
        )
    run_checks.see(scope, run, seen)
    run.version = version or usual_version(scope, run.main_contractor_id)
    run.save(update_fields=["version"])
    on_day = max(run.execution_date, _bank_day_after(scope.today))
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_release_run(%s, %s, %s)", [run.pk, on_day, scope.at])
    run.refresh_from_db()
    run.file = payment_file(_order(run))
    run.file_digest = hashlib.sha256(run.file).hexdigest()
    run.save(update_fields=["file", "file_digest"])
    audit.record(scope, "payment_run.released", run, total=str(run.total))
    return run


def usual_version(scope: Scope, main_contractor_id: int) -> PaymentRun.Version:
    """The form of the file that was released last; the older one where there was none."""
    released = PaymentRun.objects.visible_to(scope).filter(
        main_contractor=main_contractor_id, status=PaymentRun.Status.RELEASED
    )
    last = released.order_by("-released_at", "-pk").values_list("version", flat=True).first()
    return PaymentRun.Version(last or PaymentRun.Version.V03)


def _locked(scope: Scope, run: PaymentRun) -> PaymentRun:
    return PaymentRun.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=run.pk)


def _changed(run: PaymentRun) -> bool:
    rows = run.items.select_related("statement__subcontractor").defer(
        "statement__pdf", "statement__document"
    )
    return any(item.iban != item.statement.subcontractor.iban for item in rows)


def _order(run: PaymentRun) -> PaymentOrder:
    main = run.main_contractor
    if run.released_at is None:
        raise ConflictError(_("This payment run was not released."))
    payments = (
        Payment.objects.filter(run=run)
        .select_related("statement")
        .defer("statement__pdf", "statement__document")
        .order_by("pk")
    )
    return PaymentOrder(
        message_id=run.number,
        created_at=run.released_at,
        debtor=Account(main.organisation.name, main.iban, main.bic),
        execution_date=run.execution_date,
        version=Version[f"V{run.version}"],
        transfers=tuple(
            Transfer(
                one.end_to_end_id,
                Account(one.account_holder, one.iban),
                one.amount,
                _("Statement %(number)s") % {"number": one.statement.number},
            )
            for one in payments
        ),
    )


@transaction.atomic
def cancel(*, scope: Scope, run: PaymentRun) -> PaymentRun:
    """Drop a prepared run; its statements are free for the next.

    Raises RuleError PAY-02 for a run that is not open.
    """
    run = _locked(scope, run)
    policies.check_can_cancel(scope, run)
    run.status = PaymentRun.Status.CANCELLED
    run.cancelled_at = scope.at
    run.save(update_fields=["status", "cancelled_at"])
    run.items.update(is_dropped=True)
    audit.record(scope, "payment_run.cancelled", run)
    return run
