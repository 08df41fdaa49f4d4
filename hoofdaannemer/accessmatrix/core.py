"""Who may open the pages about the site itself."""

from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role

ACCESS = {
    # Specimens with invented contents, for those who make pages.
    "components": ("get", dict.fromkeys(sorted(STAFF), 200)),
    "help": (
        "get",
        dict.fromkeys(
            [*sorted(STAFF | SUBCONTRACTOR), Role.OFFICE_USER, Role.MUNICIPAL_VIEWER, Role.AUDITOR],
            200,
        ),
    ),
}
