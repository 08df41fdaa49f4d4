"""Announcements to subcontractors: told, confirmed by each person, reminded of, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import User
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.attachments import plain_name
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import announcement_policies as policies
from subcontracts.models import (
    Announcement,
    AnnouncementAddressee,
    ReadConfirmation,
    Subcontractor,
)
from subcontracts.policies import check_can_manage_contracts

MOST_BYTES: Final = 10 * 1024 * 1024
_PDF: Final = b"%PDF-"


@dataclass(frozen=True, kw_only=True)
class AnnouncementFacts:
    """What is told and when; a file is a PDF of at most 10 MB with its name."""

    title: str
    text: str
    start_date: date
    end_date: date | None = None
    attachment: bytes = b""
    attachment_name: str = ""


@transaction.atomic
def announce(
    *,
    scope: Scope,
    main_contractor_id: int,
    facts: AnnouncementFacts,
    to: Sequence[Subcontractor] = (),
) -> Announcement:
    """Tell all who work for the main contractor on the first day, or those that are named.

    Raises NotAllowedError for anybody but a contract manager, RuleError CON-130 for days that have
    passed, CON-131 for a file that is no PDF or too large, CON-132 where nobody is left to tell.
    """
    check_can_manage_contracts(scope, main_contractor_id)
    is_backward = facts.end_date is not None and facts.end_date < facts.start_date
    if facts.start_date < scope.today or is_backward:
        raise RuleError("CON-130", _("An announcement begins today or later, and ends after that."))
    file = facts.attachment
    if file and (not file.startswith(_PDF) or len(file) > MOST_BYTES):
        raise RuleError("CON-131", _("The attachment is a PDF of at most 10 MB."))
    rows = (
        Subcontractor.objects.visible_to(scope)
        .filter(main_contractor=main_contractor_id)
        .in_force_on(facts.start_date)
    )
    told = list(rows.filter(pk__in=[one.pk for one in to]) if to else rows)
    if not told:
        raise RuleError("CON-132", _("Nobody works for you on that day: choose another day."))
    row = Announcement.objects.create(
        main_contractor_id=main_contractor_id,
        title=facts.title,
        text=facts.text,
        start_date=facts.start_date,
        end_date=facts.end_date,
        attachment=file,
        attachment_name=plain_name(facts.attachment_name) if file else "",
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    AnnouncementAddressee.objects.bulk_create(
        AnnouncementAddressee(
            main_contractor_id=main_contractor_id,
            provider_organisation_id=one.provider_organisation_id,
            announcement=row,
            subcontractor=one,
        )
        for one in told
    )
    audit.record(scope, "announcement.published", row, addressees=len(told))
    return row


@transaction.atomic
def confirm(*, scope: Scope, announcement: Announcement) -> ReadConfirmation:
    """Record that the person who acts has read it, in the name of the own organisation.

    Raises NotAllowedError for anybody else, ConflictError where the person did so before.
    """
    row = Announcement.objects.visible_to(scope).light().get(pk=announcement.pk)
    known = ReadConfirmation.objects.visible_to(scope).filter(announcement=row, user=scope.user_id)
    policies.check_can_confirm(scope, row, has_confirmed=known.exists())
    made = ReadConfirmation.objects.create(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=scope.organisation_id,
        announcement=row,
        user_id=scope.user_id,
        name=User.objects.visible_to(scope).get(pk=scope.user_id).name,
        read_at=scope.at,
    )
    audit.record(scope, "announcement.confirmed", row)
    return made


@transaction.atomic
def remind(*, scope: Scope, announcement: Announcement) -> Announcement:
    """Put it on top of the work list of everybody who did not confirm yet, due that day.

    Raises RuleError CON-133 outside its period.
    """
    row = _locked(scope, announcement)
    is_over = row.end_date is not None and row.end_date < scope.today
    if row.start_date > scope.today or is_over:
        raise RuleError("CON-133", _("It is not told on this day, so nobody is reminded of it."))
    row.reminded_at = scope.at
    row.save(update_fields=["reminded_at"])
    audit.record(scope, "announcement.reminded", row)
    return row


@transaction.atomic
def withdraw(*, scope: Scope, announcement: Announcement) -> Announcement:
    """Let subcontractors no longer see it; who read it stays on record."""
    row = _locked(scope, announcement)
    row.withdrawn_at = scope.at
    row.save(update_fields=["withdrawn_at"])
    audit.record(scope, "announcement.withdrawn", row)
    return row


def _locked(scope: Scope, announcement: Announcement) -> Announcement:
    rows = Announcement.objects.visible_to(scope).light().select_for_update(of=("self",))
    row = rows.get(pk=announcement.pk)
    policies.check_can_change(scope, row)
    return row
