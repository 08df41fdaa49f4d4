"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountabilityConfig(AppConfig):
    """Reports upward, disclosure control, the municipal portal."""

    name = "hoofdaannemer.accountability"
    label = "accountability"

    def ready(self) -> None:
        """Offer pages and work."""
        from hoofdaannemer.accountability import worklist
        from hoofdaannemer.accountability.models import READERS
        from hoofdaannemer.core import navigation
        from hoofdaannemer.core.navigation import Group
        from hoofdaannemer.core.scope import Role
        from subcontracts import worklist as home

        home.register(worklist.items)
        group = Group.ACCOUNTABILITY
        viewers = READERS | {Role.MUNICIPAL_VIEWER}
        navigation.register(group, _("Reports"), "report_list", READERS, 10)
        navigation.register(group, _("Published reports"), "release_list", viewers, 20)
