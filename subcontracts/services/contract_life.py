"""The life of a subcontract: drafted, offered as a version, signed, begun, ended.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Subcontract, SubcontractVersion
from subcontracts.rules.readiness import Stage, unmet
from subcontracts.selectors.contracttext import kept_text_of
from subcontracts.selectors.readiness import facts_of
from subcontracts.services.contracts import owners_of

_Status = Subcontract.Status
MOST_BYTES: Final = 10 * 1024 * 1024
PDF: Final = b"%PDF-"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signed, for both parties, and the signed contract as a PDF."""

    for_us: str
    for_them: str
    file: bytes


@transaction.atomic
def offer(*, scope: Scope, subcontract: Subcontract) -> Subcontract:
    """Offer a draft: its text is kept as a version, and the subcontractor sees it.

    Raises RuleError CON-06 for what is no draft, CON-07, CON-18 or CON-19 for what it lacks.
    """
    subcontract = locked(scope, subcontract)
    _check_step(subcontract, _Status.OFFERED)
    _check_ready(subcontract, [Stage.OFFER])
    version = keep_version(scope, subcontract)
    return _moved(scope, subcontract, _Status.OFFERED, version=version.number)


@transaction.atomic
def withdraw(*, scope: Scope, subcontract: Subcontract) -> Subcontract:
    """Take an offer back, to change it; the version that was offered stays.

    Raises RuleError CON-06 for what is not on offer.
    """
    subcontract = locked(scope, subcontract)
    _check_step(subcontract, _Status.DRAFT)
    return _moved(scope, subcontract, _Status.DRAFT)


@transaction.atomic
def sign(*, scope: Scope, subcontract: Subcontract, signature: Signature) -> Subcontract:
    """Record that both parties signed the version on offer.

    Raises RuleError CON-06 for what is not on offer, CON-25 for a file that is no PDF or is too
    large, CON-26 without the names of who signed.
    """
    subcontract = locked(scope, subcontract)
    _check_step(subcontract, _Status.SIGNED)
    version = subcontract.versions.select_for_update().latest("number")
    keep_signature(version, signature, scope.today)
    subcontract.signed_on = scope.today
    subcontract.save(update_fields=["signed_on"])
    return _moved(scope, subcontract, _Status.SIGNED, version=version.number)


def keep_version(
    scope: Scope, subcontract: Subcontract, *, agreed_on: date | None = None, reason: str = ""
) -> SubcontractVersion:
    """Keep what a contract, locked by the caller, says now; day and reason for an amendment."""
    return SubcontractVersion.objects.create(
        **owners_of(subcontract),
        subcontract=subcontract,
        number=subcontract.versions.count() + 1,
        text=kept_text_of(subcontract).written(),
        offered_at=scope.at,
        agreed_on=agreed_on,
        reason=reason,
    )


def keep_signature(version: SubcontractVersion, signature: Signature, day: date) -> None:
    """Keep who signed a version, and the file.

    Raises RuleError CON-25 for a file that is no PDF or is too large, CON-26 without the names.
    """
    if not signature.for_us.strip() or not signature.for_them.strip():
        raise RuleError("CON-26", _("Fill in who signed for both parties."))
    if not signature.file.startswith(PDF) or len(signature.file) > MOST_BYTES:
        raise RuleError("CON-25", _("Upload the signed contract as a PDF of at most 10 MB."))
    version.signed_on = day
    version.signed_for_us = signature.for_us.strip()
    version.signed_for_them = signature.for_them.strip()
    version.signed_file = signature.file
    version.signed_digest = sha256(signature.file).digest()
    version.save(
        update_fields=[
            "signed_on",
            "signed_for_us",
            "signed_for_them",
            "signed_file",
            "signed_digest",
        ]
    )


@transaction.atomic
def activate(*, scope: Scope, subcontract: Subcontract, gaps_known: bool = False) -> Subcontract:
    """Let a signed subcontract begin: care may be placed under it from its start date.

    Raises RuleError CON-06 for what is not signed, CON-07, CON-18 to CON-20 for what it lacks,
    CON-50 where the municipal contract allows no more subcontractors, CON-240 and CON-241 for days
    without a tariff or a line, unless `gaps_known`: they may be meant, and never go unseen.
    """
    subcontract = locked(scope, subcontract)
    _check_step(subcontract, _Status.ACTIVE)
    _check_ready(subcontract, [Stage.OFFER, Stage.START])
    gaps = unmet(facts_of(subcontract), [Stage.SEEN])
    if gaps and not gaps_known:
        text = _("There is a gap in what was agreed: %(text)s Say that it is known, or close it.")
        raise RuleError(gaps[0].code, text % {"text": " ".join(one.text for one in gaps)})
    return _moved(scope, subcontract, _Status.ACTIVE, gaps=len(gaps))


@transaction.atomic
def move_to(*, scope: Scope, subcontract: Subcontract, status: str) -> Subcontract:
    """Let an active subcontract end, or one that ends go on.

    Raises RuleError CON-06 for a step that does not exist.
    """
    subcontract = locked(scope, subcontract)
    _check_step(subcontract, _Status(status))
    return _moved(scope, subcontract, _Status(status))


def locked(scope: Scope, subcontract: Subcontract) -> Subcontract:
    """A contract for this transaction alone, with its parties, for who manages contracts."""
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    rows = Subcontract.objects.select_related(
        "municipal_contract",
        "subcontractor",
        "provider_organisation",
        "main_contractor__organisation",
    )
    return rows.select_for_update(of=("self",)).get(pk=subcontract.pk)


def _check_step(subcontract: Subcontract, after: Subcontract.Status) -> None:
    before = _Status(subcontract.status)
    if after not in Subcontract.TRANSITIONS[before]:
        raise RuleError(
            "CON-06",
            _("A subcontract that is %(before)s cannot become %(after)s.")
            % {"before": before.label, "after": after.label},
        )


def _check_ready(subcontract: Subcontract, stages: Sequence[Stage]) -> None:
    lacking = unmet(facts_of(subcontract), stages)
    if lacking:
        text = _("Not everything is in order yet: %(text)s")
        raise RuleError(lacking[0].code, text % {"text": lacking[0].text})


def _moved(
    scope: Scope, subcontract: Subcontract, status: Subcontract.Status, **facts: int
) -> Subcontract:
    before = subcontract.status
    subcontract.status = status
    subcontract.save(update_fields=["status"])
    audit.record(scope, f"subcontract.{status.value}", subcontract, before=before, **facts)
    return subcontract
