"""A subcontractor's account changes in two steps by two sides; then nothing is paid for a week.

Whoever breaks into one mailbox or one account must not be able to send the money elsewhere: the
subcontractor's administrator confirms, a controller checks by a way that does not come from the
request, every administrator gets mail, and both sides can undo it while it cools.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import AccountChange, InvoicingParty
from hoofdaannemer.accounts.models import Membership, OutgoingMail
from hoofdaannemer.accounts.services import mail
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.numbers import clean_iban, mask_iban
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontractor
from subcontracts.services import parties

Status = AccountChange.Status


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """The account that is asked for, in whose name it stands, and why."""

    iban: str
    account_holder: str
    reason: str


@transaction.atomic
def ask(*, scope: Scope, subcontractor: Subcontractor, account: NewAccount) -> AccountChange:
    """Ask for another account. What an administrator of the subcontractor asks is confirmed by it.

    A party that only sends invoices has nobody here who could: what a controller asks for it is
    decided by a second controller.

    Raises NotAllowedError for anybody but the subcontractor and a controller, RuleError BIL-160
    for a number that is no IBAN, BIL-161 for the account that it has, BIL-162 where a change is
    open, BIL-163 for an own team.
    """
    policies.check_can_ask_account(scope, subcontractor)
    subcontractor = _locked_party(scope, subcontractor.pk)
    iban = _checked(subcontractor, account)
    is_confirmed = scope.role == Role.SUBCONTRACTOR_ADMIN or _has_nobody_here(scope, subcontractor)
    change = AccountChange.objects.create(
        main_contractor_id=subcontractor.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        subcontractor=subcontractor,
        status=Status.TO_DECIDE if is_confirmed else Status.TO_CONFIRM,
        iban=iban,
        account_holder=account.account_holder.strip(),
        previous_iban=subcontractor.iban,
        previous_holder=subcontractor.account_holder,
        reason=account.reason.strip(),
        asked_by_id=scope.user_id or None,
        asked_at=scope.at,
        confirmed_by_id=scope.user_id if is_confirmed else None,
        confirmed_at=scope.at if is_confirmed else None,
    )
    audit.record(scope, "account_change.asked", change, iban=mask_iban(iban))
    _tell(scope, change)
    return change


@transaction.atomic
def confirm(*, scope: Scope, change: AccountChange) -> AccountChange:
    """Confirm what a colleague or a controller asked.

    Raises NotAllowedError for anybody but an administrator of the subcontractor, ConflictError
    where it waits for no confirmation.
    """
    policies.check_can_confirm_account(scope, change)
    change = _locked(scope, change, Status.TO_CONFIRM)
    change.confirmed_by_id = scope.user_id
    change.confirmed_at = scope.at
    _move(change, Status.TO_DECIDE, "confirmed_by", "confirmed_at")
    audit.record(scope, "account_change.confirmed", change)
    return change


@transaction.atomic
def decide(
    *, scope: Scope, change: AccountChange, is_approved: bool, checked: str
) -> AccountChange:
    """Approve a change, with how it was checked, or refuse it with a reason.

    Raises NotAllowedError for anybody but a controller who did not ask it, ConflictError where it
    does not wait for this, RuleError BIL-164 without words.
    """
    policies.check_can_decide_account(scope, change)
    subcontractor = _locked_party(scope, change.subcontractor_id)
    change = _locked(scope, change, Status.TO_DECIDE)
    if not checked.strip():
        raise RuleError("BIL-164", _("Say how you checked the account, or why you refuse it."))
    change.decided_by_id = scope.user_id
    change.decided_at = scope.at
    change.checked = checked.strip()
    status = Status.APPROVED if is_approved else Status.REFUSED
    _move(change, status, "decided_by", "decided_at", "checked")
    if is_approved:
        parties.set_account(
            scope=scope,
            subcontractor=subcontractor,
            iban=change.iban,
            account_holder=change.account_holder,
        )
    audit.record(scope, f"account_change.{status}", change, iban=mask_iban(change.iban))
    _tell(scope, change)
    return change


@transaction.atomic
def withdraw(*, scope: Scope, change: AccountChange) -> AccountChange:
    """Take an open change back. Raises NotAllowedError, and ConflictError once it was decided."""
    policies.check_can_ask_account(scope, change.subcontractor)
    change = _locked(scope, change, *AccountChange.OPEN)
    _move(change, Status.WITHDRAWN)
    audit.record(scope, "account_change.withdrawn", change)
    return change


@transaction.atomic
def undo(*, scope: Scope, change: AccountChange, reason: str) -> AccountChange:
    """Put the account before it back while the new one cools; then the old one cools as well.

    Raises NotAllowedError for anybody but an administrator of the subcontractor and a controller,
    ConflictError where it was not approved, RuleError BIL-165 once the cooling time has passed or
    another change came after it.
    """
    policies.check_can_undo_account(scope, change)
    subcontractor = _locked_party(scope, change.subcontractor_id)
    change = _locked(scope, change, Status.APPROVED)
    newest = subcontractor.account_changes.order_by("-pk").first()
    if newest != change or change.cooling_until is None or scope.today > change.cooling_until:
        raise RuleError(
            "BIL-165",
            _("This change cannot be undone any more. Ask for the account that is right."),
        )
    change.undone_at = scope.at
    change.undone_because = reason.strip()
    _move(change, Status.UNDONE, "undone_at", "undone_because")
    parties.set_account(
        scope=scope,
        subcontractor=subcontractor,
        iban=change.previous_iban,
        account_holder=change.previous_holder,
    )
    audit.record(scope, "account_change.undone", change)
    _tell(scope, change)
    return change


def _has_nobody_here(scope: Scope, subcontractor: Subcontractor) -> bool:
    """Whether a controller asks it for a party that invoices, and has no administrator here."""
    if scope.role != Role.CONTROLLER:
        return False
    parties_here = InvoicingParty.objects.visible_to(scope).filter(subcontractor=subcontractor)
    return (
        parties_here.exists()
        and not Membership.objects.active()
        .filter(organisation=subcontractor.provider_organisation_id, role=Role.SUBCONTRACTOR_ADMIN)
        .exists()
    )


def _checked(subcontractor: Subcontractor, account: NewAccount) -> str:
    try:
        iban = clean_iban(account.iban)
    except ValueError as error:
        raise RuleError("BIL-160", _("This is no account number. Check the IBAN.")) from error
    if subcontractor.is_own_team:
        raise RuleError("BIL-163", _("An own team is not paid and has no account."))
    if iban == subcontractor.iban:
        raise RuleError("BIL-161", _("This is the account that is paid to now."))
    if subcontractor.account_changes.open().exists():
        raise RuleError(
            "BIL-162", _("A change of this account is open. Withdraw it, or wait for the decision.")
        )
    return iban


def _locked_party(scope: Scope, pk: int) -> Subcontractor:
    return Subcontractor.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=pk)


def _locked(scope: Scope, change: AccountChange, *statuses: str) -> AccountChange:
    rows = AccountChange.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.select_related("subcontractor").get(pk=change.pk)
    if row.status not in statuses:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _move(change: AccountChange, status: AccountChange.Status, *changed: str) -> None:
    if status not in AccountChange.TRANSITIONS[Status(change.status)]:
        raise ValueError(f"{change.status} does not become {status}")
    change.status = status
    change.save(update_fields=["status", *changed])


def _tell(scope: Scope, change: AccountChange) -> None:
    """Mail every administrator of the subcontractor: who asked may not be who it says."""
    administrators = Membership.objects.active().filter(
        organisation=change.provider_organisation_id, role=Role.SUBCONTRACTOR_ADMIN
    )
    mail.send(
        scope,
        OutgoingMail.Kind.ACCOUNT_CHANGE,
        to=administrators.values_list("user", flat=True).distinct(),
        context={
            "status": change.status,
            "at": scope.at,
            "url": mail.link("account_change_detail", pk=change.pk),
        },
    )
