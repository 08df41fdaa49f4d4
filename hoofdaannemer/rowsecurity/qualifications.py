"""Requirements and proofs."""

from dataclasses import replace

from hoofdaannemer.core.rowsecurity import TablePolicy
from hoofdaannemer.core.scope import Role
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    CARE_STAFF,
    mine,
    owned,
    shown_to_its_subcontractors,
)

#: Who writes requirements.
SETTERS = (mine(frozenset({Role.QUALITY_OFFICER})),)


def _set_by_the_quality_officer(table: str) -> TablePolicy:
    return replace(shown_to_its_subcontractors(table), writes=SETTERS)


POLICIES: dict[str, TablePolicy] = {
    "qualifications_requirement": _set_by_the_quality_officer("qualifications_requirement"),
    "qualifications_requirementproduct": _set_by_the_quality_officer(
        "qualifications_requirementproduct"
    ),
    "qualifications_requirementstep": replace(
        owned(CARE_STAFF, provider=False, grants=APPEND), writes=SETTERS
    ),
    "qualifications_evidence": owned(CARE_STAFF),
    "qualifications_review": owned(CARE_STAFF, grants=APPEND),
}
