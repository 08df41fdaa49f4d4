"""Requirements and proofs."""

from hoofdaannemer.core.rowsecurity import TablePolicy
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    CARE_STAFF,
    owned,
    shown_to_its_subcontractors,
)

POLICIES: dict[str, TablePolicy] = {
    "qualifications_requirement": shown_to_its_subcontractors("qualifications_requirement"),
    "qualifications_requirementproduct": shown_to_its_subcontractors(
        "qualifications_requirementproduct"
    ),
    "qualifications_evidence": owned(CARE_STAFF),
    "qualifications_review": owned(CARE_STAFF, grants=APPEND),
}
