"""Every write on evidence and reviews."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.crypto import decrypt, encrypt
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from qualifications import policies
from qualifications.models import Evidence, Requirement, Review
from subcontracts.models import Professional, Subcontractor

LARGEST_FILE: Final = 10 * 1024 * 1024
#: First bytes of the kinds of files that may be proofs.
SIGNATURES: Final = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}


@dataclass(frozen=True)
class Proof:
    """A proof as uploaded: its number, validity (both ends included) and file."""

    number: str
    validity: Period
    file_name: str
    content: bytes


@transaction.atomic
def upload_evidence(
    *,
    scope: Scope,
    requirement: Requirement,
    subcontractor: Subcontractor,
    proof: Proof,
    professional: Professional | None = None,
) -> Evidence:
    """Keep a proof for review.

    Raises RuleError QUA-01 (wrong subject), QUA-03 (file too large), QUA-04 (kind of file),
    QUA-27 where the requirement was taken back before it began.
    """
    policies.check_can_upload(scope)
    policies.check_stands(requirement)
    _check_subject(requirement, subcontractor, professional)
    _check_file(proof)
    evidence = Evidence.objects.create(
        main_contractor_id=requirement.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        requirement=requirement,
        professional=professional,
        number=proof.number,
        valid_from=proof.validity.start,
        valid_until=proof.validity.end,
        file_name=proof.file_name[-120:],
        file_content=encrypt(proof.content),
        file_digest=hashlib.sha256(proof.content).digest(),
        uploaded_by_id=scope.user_id or None,
        uploaded_at=scope.at,
    )
    audit.record(scope, "evidence.uploaded", evidence, requirement=requirement.pk)
    return evidence


def _check_subject(
    requirement: Requirement, subcontractor: Subcontractor, professional: Professional | None
) -> None:
    personal = requirement.applies_to == Requirement.AppliesTo.PROFESSIONAL
    own = (
        professional is None
        or professional.provider_organisation_id == subcontractor.provider_organisation_id
    )
    same = requirement.main_contractor_id == subcontractor.main_contractor_id
    if personal != (professional is not None) or not own or not same:
        raise RuleError(
            "QUA-01", _("Choose for whom this proof is: a professional or the organisation.")
        )


def _check_file(proof: Proof) -> None:
    if len(proof.content) > LARGEST_FILE:
        raise RuleError("QUA-03", _("The file is larger than 10 MB. Upload a smaller scan."))
    if not any(proof.content.startswith(start) for start in SIGNATURES.values()):
        raise RuleError("QUA-04", _("Upload the proof as PDF, PNG or JPG."))


@transaction.atomic
def review_evidence(
    *,
    scope: Scope,
    evidence: Evidence,
    approved: bool,
    reason: str = "",
    effective_from: date | None = None,
) -> Review:
    """Judge a proof; the newest judgement counts, a rejection from the day it names.

    Raises RuleError QUA-02 (own upload), QUA-05 (no reason), QUA-06 (no change).
    """
    evidence = (
        Evidence.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=evidence.pk)
    )
    policies.check_can_review(scope, evidence)
    if not approved and not reason.strip():
        raise RuleError("QUA-05", _("Say why the proof is rejected: the subcontractor reads it."))
    outcome = Evidence.Outcome.APPROVED if approved else Evidence.Outcome.REJECTED
    if evidence.outcome == outcome == Evidence.Outcome.APPROVED:
        raise RuleError("QUA-06", _("This proof has already been approved."))
    review = Review.objects.create(
        main_contractor_id=evidence.main_contractor_id,
        provider_organisation_id=evidence.provider_organisation_id,
        evidence=evidence,
        approved=approved,
        reason=reason.strip(),
        effective_from=None if approved else effective_from or evidence.valid_from,
        reviewer_id=scope.user_id or None,
        reviewed_at=scope.at,
    )
    evidence.outcome = outcome
    if not evidence.requirement.keeps_file:
        evidence.file_content = None
    evidence.save(update_fields=["outcome", "file_content"])
    audit.record(scope, f"evidence.{outcome}", evidence, review=review.pk)
    return review


def opened_file(*, scope: Scope, evidence: Evidence) -> bytes:
    """The decrypted file, and a record that it was opened.

    Raises RuleError QUA-07 where only the outcome is kept.
    """
    if evidence.file_content is None:
        raise RuleError("QUA-07", _("Of this proof only the outcome and dates are kept."))
    audit.record(scope, "evidence.opened", evidence)
    return decrypt(bytes(evidence.file_content))
