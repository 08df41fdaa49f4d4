"""Contacts for a subject; each side keeps its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from subcontracts.models import Subcontractor, SubjectContact


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """Whom one reaches about a subject, how, and from when until when."""

    subject: str
    name: str
    start_date: date
    job: str = ""
    mail: str = ""
    phone: str = ""
    end_date: date | None = None


def check_can_keep(scope: Scope, main_contractor_id: int, organisation_id: int | None) -> None:
    """Raises NotAllowedError unless the own side's people act: who manages contracts or people.

    `organisation_id` is the subcontractor whose contact it is, None for the main contractor.
    """
    if organisation_id is None:
        is_own = (
            scope.role in (Role.CONTRACT_MANAGER, Role.ADMINISTRATOR)
            and scope.main_contractor_id == main_contractor_id
        )
    else:
        is_own = scope.role in SUBCONTRACTOR and scope.organisation_id == organisation_id
    if not is_own:
        raise NotAllowedError(_("Each side keeps its own contacts."))


@transaction.atomic
def add(
    *,
    scope: Scope,
    main_contractor_id: int,
    facts: ContactFacts,
    organisation_id: int | None = None,
) -> SubjectContact:
    """Add a contact of the own side.

    Raises NotAllowedError for another's side, RuleError CON-135 where a subcontractor does not
    work for this main contractor, CON-136 without mail and phone, CON-137 for days the wrong way.
    """
    check_can_keep(scope, main_contractor_id, organisation_id)
    relations = Subcontractor.objects.visible_to(scope).filter(main_contractor=main_contractor_id)
    if organisation_id and not relations.exists():
        raise RuleError("CON-135", _("Choose a main contractor for which you work."))
    _check(facts)
    row = SubjectContact.objects.create(
        main_contractor_id=main_contractor_id,
        provider_organisation_id=organisation_id,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
        **asdict(facts),
    )
    audit.record(scope, "contact.added", row, subject=row.subject)
    return row


@transaction.atomic
def change(*, scope: Scope, contact: SubjectContact, facts: ContactFacts) -> SubjectContact:
    """Put a contact of the own side right, or let it end. Raises as `add`."""
    rows = SubjectContact.objects.visible_to(scope).select_for_update(of=("self",))
    row = rows.get(pk=contact.pk)
    check_can_keep(scope, row.main_contractor_id, row.provider_organisation_id)
    _check(facts)
    values = asdict(facts)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    audit.record(scope, "contact.changed", row, subject=row.subject)
    return row


def _check(facts: ContactFacts) -> None:
    if not facts.mail.strip() and not facts.phone.strip():
        raise RuleError("CON-136", _("Fill in an e-mail address or a phone number."))
    if facts.end_date is not None and facts.end_date < facts.start_date:
        raise RuleError("CON-137", _("The last day lies on or after the first."))
