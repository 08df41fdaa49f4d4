"""The first main contractor of an installation, and the next ones."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import policies
from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbers import clean_iban, mask_iban
from hoofdaannemer.core.scope import Scope


@transaction.atomic
def create_main_contractor(
    *, scope: Scope, name: str, kvk: str, agb: str, iban: str = "", bic: str = ""
) -> MainContractor:
    """Store a main contractor with its organisation.

    Raises ValidationError for a number of the wrong form, or one that is in use, and RuleError
    ACC-01 for an account that is none.
    """
    account = _checked(iban) if iban else ""
    organisation = Organisation(name=name, kvk=kvk, agb=agb, kind=Organisation.Kind.MAIN_CONTRACTOR)
    organisation.full_clean()
    organisation.save()
    main_contractor = MainContractor.objects.create(
        organisation=organisation, iban=account, bic=bic
    )
    audit.record(scope, "main_contractor.created", main_contractor)
    return main_contractor


@transaction.atomic
def set_paying_account(*, scope: Scope, iban: str) -> MainContractor:
    """Set the account that the own main contractor pays from.

    Runs that were released keep theirs. The BIC follows from the number, so one that was set is
    let go. Raises NotAllowedError for anybody but an administrator, who neither prepares nor
    releases payments, and RuleError ACC-01 for a number that is no IBAN.
    """
    policies.check_can_set_paying_account(scope)
    row = MainContractor.objects.select_for_update(of=("self",)).get(pk=scope.main_contractor_id)
    account = _checked(iban)
    if account == row.iban:
        return row
    before, row.iban, row.bic = row.iban, account, ""
    row.save(update_fields=["iban", "bic"])
    audit.record(
        scope,
        "main_contractor.account_set",
        row,
        iban=mask_iban(account),
        before=mask_iban(before) if before else "",
    )
    return row


def _checked(iban: str) -> str:
    try:
        return clean_iban(iban)
    except ValueError as error:
        raise RuleError("ACC-01", _("This is no account number. Check it.")) from error
