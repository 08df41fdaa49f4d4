"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountabilityConfig(AppConfig):
    """Reports upward, disclosure control, the municipal portal."""

    name = "hoofdaannemer.accountability"
    label = "accountability"

    def ready(self) -> None:
        """Offer pages and work."""
        from hoofdaannemer.accountability import guide, worklist
        from hoofdaannemer.accountability.models import READERS
        from hoofdaannemer.core import guide as helping
        from hoofdaannemer.core import navigation
        from hoofdaannemer.core.navigation import Group
        from hoofdaannemer.core.scope import Role
        from subcontracts import worklist as home

        home.register(worklist.items)
        helping.register(*guide.TASKS)
        helping.explain(*guide.WORDS)
        group = Group.ACCOUNTABILITY
        viewers = READERS | {Role.MUNICIPAL_VIEWER}
        navigation.register(group, _("Reports"), "report_list", READERS, 10)
        navigation.register(group, _("Published reports"), "release_list", viewers, 20)
