"""Who may open the pages about the site itself."""

from hoofdaannemer.core.scope import STAFF

ACCESS = {
    # Specimens with invented contents, for those who make pages.
    "components": ("get", dict.fromkeys(sorted(STAFF), 200)),
}
