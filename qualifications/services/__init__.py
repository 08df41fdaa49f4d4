"""Every write of this app: requirements in one module, proofs and reviews in the other."""

from qualifications.services.proofs import (
    LARGEST_FILE,
    SIGNATURES,
    Proof,
    opened_file,
    review_evidence,
    upload_evidence,
)
from qualifications.services.requirements import (
    RequirementTerms,
    change_requirement,
    create_requirement,
    end_requirement,
    resume_requirement,
    withdraw_requirement,
)

__all__ = [
    "LARGEST_FILE",
    "SIGNATURES",
    "Proof",
    "RequirementTerms",
    "change_requirement",
    "create_requirement",
    "end_requirement",
    "opened_file",
    "resume_requirement",
    "review_evidence",
    "upload_evidence",
    "withdraw_requirement",
]
