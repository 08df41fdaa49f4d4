"""Mandates to administration offices: given, accepted, and ended at once by whoever may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import mandate_policies as policies
from hoofdaannemer.accounts.models import (
    MandateStep,
    Membership,
    OfficeMandate,
    Organisation,
    OutgoingMail,
)
from hoofdaannemer.accounts.services import mail
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Role, Scope

#: Bytes of the signed mandate.
MOST_BYTES: Final = 10 * 1024 * 1024
_PDF: Final = b"%PDF-"
Kind = MandateStep.Kind


@dataclass(frozen=True, kw_only=True)
class NewMandate:
    """What is given: subjects (`Subject` values), days with both ends, and what it rests on."""

    office_kvk: str
    subjects: Iterable[str]
    start_date: date
    end_date: date | None
    ground: str
    document: bytes | None = None


@transaction.atomic
def give(*, scope: Scope, mandate: NewMandate) -> OfficeMandate:
    """Let an office act for one's organisation. It holds once the office accepted it.

    Raises NotAllowedError for anybody but an administrator of the subcontractor; RuleError MND-01
    for a number of no office, MND-02 without subjects, MND-03 for days that are past or turned
    around, MND-04 where the office holds one for these days, MND-06 without a ground or with a
    file that is no PDF of at most 10 MB.
    """
    policies.check_can_give(scope)
    # Two givers at once wait for each other, and the second finds the first one's mandate.
    Organisation.objects.select_for_update().get(pk=scope.organisation_id)
    office = _office(mandate.office_kvk)
    _check_terms(scope, mandate)
    _check_alone(scope, office, mandate)
    made = OfficeMandate.objects.create(
        provider_organisation_id=scope.organisation_id,
        office=office,
        subjects=[one.value for one in Subject if one.value in set(mandate.subjects)],
        start_date=mandate.start_date,
        end_date=mandate.end_date,
        ground=mandate.ground.strip(),
        document=mandate.document,
        given_by_id=scope.user_id,
        given_at=scope.at,
    )
    audit.record(
        scope, "office_mandate.given", made, office=office.pk, subjects=",".join(made.subjects)
    )
    _tell(scope, made, "given", to=_people(office.pk, Role.OFFICE_USER))
    return made


@transaction.atomic
def accept(*, scope: Scope, mandate: OfficeMandate) -> MandateStep:
    """Take a mandate up, as the office. Raises NotAllowedError; ConflictError once it went on."""
    mandate = _locked(scope, mandate)
    policies.check_can_accept(scope, mandate)
    if mandate.steps.exists():
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return _step(scope, mandate, Kind.ACCEPTED)


@transaction.atomic
def leave(*, scope: Scope, mandate: OfficeMandate, reason: str = "") -> MandateStep:
    """Decline a mandate, or give one back that was accepted, as the office.

    Raises NotAllowedError; ConflictError once it ended.
    """
    mandate = _locked(scope, mandate)
    policies.check_can_accept(scope, mandate)
    is_held = mandate.steps.filter(kind=Kind.ACCEPTED).exists()
    return _end(scope, mandate, Kind.RETURNED if is_held else Kind.DECLINED, reason)


@transaction.atomic
def withdraw(*, scope: Scope, mandate: OfficeMandate, reason: str = "") -> MandateStep:
    """Take a mandate away, as who gave it: the office acts under it no more, from now on.

    Raises NotAllowedError; ConflictError once it ended.
    """
    mandate = _locked(scope, mandate)
    policies.check_can_withdraw(scope, mandate)
    return _end(scope, mandate, Kind.WITHDRAWN, reason)


@transaction.atomic
def refuse(*, scope: Scope, mandate: OfficeMandate, reason: str) -> MandateStep:
    """Refuse an office, as the main contractor, where a contract provides for it.

    The mandate is the organisation's and ends as a whole. Raises NotAllowedError; RuleError
    MND-05 where no contract provides for it, MND-07 without a reason; ConflictError once ended.
    """
    mandate = _locked(scope, mandate)
    policies.check_can_refuse(scope, mandate)
    if not reason.strip():
        raise RuleError("MND-07", _("Say why you refuse this office."))
    return _end(scope, mandate, Kind.REFUSED, reason)


def _office(kvk: str) -> Organisation:
    office = Organisation.objects.filter(kvk=kvk.strip(), kind=Organisation.Kind.OFFICE).first()
    if office is None:
        raise RuleError(
            "MND-01",
            _(
                "No administration office is known under this number. Check it, or ask your main"
                " contractor to take the office in."
            ),
        )
    return office


def _check_terms(scope: Scope, mandate: NewMandate) -> None:
    if not set(mandate.subjects) & set(Subject.values):
        raise RuleError("MND-02", _("Choose at least one subject that the office does for you."))
    if mandate.start_date < scope.today or (
        mandate.end_date is not None and mandate.end_date < mandate.start_date
    ):
        raise RuleError("MND-03", _("Begin today or later, and end on that day or after it."))
    document = mandate.document
    is_file = document is None or (document.startswith(_PDF) and len(document) <= MOST_BYTES)
    if not mandate.ground.strip() or not is_file:
        raise RuleError(
            "MND-06", _("Say what the mandate rests on. A file is a PDF of at most 10 MB.")
        )


def _check_alone(scope: Scope, office: Organisation, mandate: NewMandate) -> None:
    held = OfficeMandate.objects.visible_to(scope).open(scope.at).filter(office=office)
    held = held.filter(Q(end_date=None) | Q(end_date__gte=mandate.start_date))
    if mandate.end_date is not None:
        held = held.filter(start_date__lte=mandate.end_date)
    if held.exists():
        raise RuleError(
            "MND-04",
            _("This office has a mandate for these days. Withdraw it first to give another."),
        )


def _locked(scope: Scope, mandate: OfficeMandate) -> OfficeMandate:
    """The mandate; who else would end it waits on the organisation that gave it.

    Its own row is never written, so nobody may lock it.
    """
    Organisation.objects.select_for_update().get(pk=mandate.provider_organisation_id)
    rows = OfficeMandate.objects.visible_to(scope).light()
    return rows.select_related("office", "provider_organisation").get(pk=mandate.pk)


def _end(scope: Scope, mandate: OfficeMandate, kind: MandateStep.Kind, reason: str) -> MandateStep:
    if mandate.steps.filter(kind__in=MandateStep.ENDS).exists():
        raise ConflictError(_("This mandate has ended already. Reload the page."))
    return _step(scope, mandate, kind, reason.strip())


def _step(
    scope: Scope, mandate: OfficeMandate, kind: MandateStep.Kind, reason: str = ""
) -> MandateStep:
    made = MandateStep.objects.create(
        mandate=mandate, kind=kind, reason=reason, by_id=scope.user_id or None, at=scope.at
    )
    audit.record(scope, f"office_mandate.{kind.value}", mandate, office=mandate.office_id)
    givers = _people(mandate.provider_organisation_id, Role.SUBCONTRACTOR_ADMIN)
    holders = _people(mandate.office_id, Role.OFFICE_USER)
    _tell(scope, mandate, kind.value, to={*givers, *holders} - {scope.user_id})
    return made


def _people(organisation_id: int, role: Role) -> list[int]:
    held = Membership.objects.active().filter(organisation=organisation_id, role=role)
    return list(held.values_list("user", flat=True).distinct())


def _tell(scope: Scope, mandate: OfficeMandate, status: str, *, to: Iterable[int]) -> None:
    mail.send(
        scope,
        OutgoingMail.Kind.OFFICE_MANDATE,
        to=sorted(to),
        context={
            "status": status,
            "mandate": mandate,
            "url": mail.link("office_mandate_detail", pk=mandate.pk),
        },
    )
