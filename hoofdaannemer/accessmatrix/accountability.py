"""Who may open the pages of reports."""

from hoofdaannemer.core.scope import Role

READERS = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200, Role.QUALITY_OFFICER: 200}
#: Published: also the municipality it was published to, 404 for another.
PUBLISHED = READERS | {Role.MUNICIPAL_VIEWER: 200}
MAKERS = {Role.CONTRACT_MANAGER: 200}

ACCESS = {
    "report_list": ("get", READERS),
    "report_new": ("get", MAKERS),
    "report_detail": ("get", READERS),
    "report_narrative": ("get", MAKERS),
    # 302: back to the report, with the judgement or the refusal.
    "report_review": ("post", READERS),
    "report_publish": ("get", MAKERS),
    "release_list": ("get", PUBLISHED),
    "release_detail": ("get", PUBLISHED),
    "release_file": ("get", PUBLISHED),
    # Not there for a municipality whose contract shows nothing of subcontractors.
    "release_subcontractors": ("get", PUBLISHED),
    "release_subcontractors_file": ("get", PUBLISHED),
}
