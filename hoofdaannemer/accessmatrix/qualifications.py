"""Who may open the quality pages."""

from hoofdaannemer.core.scope import Role

ALL = {
    Role.QUALITY_OFFICER: 200,
    Role.CONTRACT_MANAGER: 200,
    Role.SUBCONTRACTOR_ADMIN: 200,
    Role.SUBCONTRACTOR_USER: 200,
}
OWN = {Role.SUBCONTRACTOR_ADMIN: 200, Role.SUBCONTRACTOR_USER: 200}
SET = {Role.QUALITY_OFFICER: 200}

ACCESS = {
    "evidence_list": ("get", ALL),
    "evidence_detail": ("get", ALL),
    "evidence_file": ("get", {Role.QUALITY_OFFICER: 200, **OWN}),
    # 302: back to the list, with the judgement or the refusal.
    "evidence_review": ("post", {Role.QUALITY_OFFICER: 200}),
    "evidence_upload": ("get", OWN),
    "requirement_list": ("get", ALL),
    "requirement_detail": ("get", ALL),
    "requirement_make": ("get", SET),
    "requirement_change": ("get", SET),
    "requirement_end": ("get", SET),
    "requirement_resume": ("get", SET),
    "requirement_withdraw": ("get", SET),
    "qualification_overview": ("get", ALL),
}
