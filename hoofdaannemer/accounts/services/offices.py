"""Administration offices: taken in by a main contractor, and acting for who gave a mandate."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import mandate_policies, selectors
from hoofdaannemer.accounts.models import MainContractorLink, OfficeMandate, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope, acting_as

_OFFICE: Final = Organisation.Kind.OFFICE


@transaction.atomic
def take_in(*, scope: Scope, name: str, kvk: str, main_contractor_id: int = 0) -> Organisation:
    """Let the main contractor invite people of an office, and subcontractors give it a mandate.

    An office that another main contractor took in is the same office. Raises NotAllowedError;
    RuleError MND-08 where the number is that of an organisation of another kind; ValidationError
    for a number of the wrong form.
    """
    mandate_policies.check_takes_in_offices(scope)
    found = Organisation.objects.filter(kvk=kvk.strip()).first()
    if found is None:
        found = Organisation(name=name.strip(), kvk=kvk.strip(), kind=_OFFICE)
        found.full_clean()
        found.save()
    elif found.kind != _OFFICE:
        raise RuleError(
            "MND-08",
            _("This number belongs to an organisation that delivers care. Check the number."),
        )
    MainContractorLink.objects.get_or_create(
        main_contractor_id=scope.main_contractor_id or main_contractor_id, organisation=found
    )
    audit.record(scope, "office.taken_in", found)
    return found


@transaction.atomic
def begin(*, scope: Scope, mandate: OfficeMandate) -> Scope:
    """The scope of acting for who gave the mandate, from now on; recorded in its name.

    Raises RuleError MND-09 for a mandate that is not in force now.
    """
    held = OfficeMandate.objects.visible_to(scope).in_force(scope.at).light()
    found = held.filter(pk=mandate.pk).first()
    if found is None:
        raise RuleError("MND-09", _("This mandate is not in force. You cannot act under it."))
    acting = selectors.scope_under(found, scope.user_id, scope.at)
    with acting_as(acting):
        audit.record(acting, "office_mandate.entered", found)
    return acting
