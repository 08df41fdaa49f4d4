"""Who may open the quality pages."""

from hoofdaannemer.core.scope import Role as R

ALL = {
    R.QUALITY_OFFICER: 200,
    R.CONTRACT_MANAGER: 200,
    R.SUBCONTRACTOR_ADMIN: 200,
    R.SUBCONTRACTOR_USER: 200,
}
OWN = {R.SUBCONTRACTOR_ADMIN: 200, R.SUBCONTRACTOR_USER: 200}

ACCESS = {
    "evidence_list": ("get", ALL),
    "evidence_detail": ("get", ALL),
    "evidence_file": ("get", {R.QUALITY_OFFICER: 200, **OWN}),
    # 302: back to the list, with the judgement or the refusal.
    "evidence_review": ("post", {R.QUALITY_OFFICER: 200}),
    "evidence_upload": ("get", OWN),
    "requirement_list": ("get", ALL),
    "qualification_overview": ("get", ALL),
}
