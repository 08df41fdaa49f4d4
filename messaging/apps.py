"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """The message standard and the traffic."""

    name = "messaging"

    def ready(self) -> None:
        """Offer the pages in the navigation, help, and the checks of the message standard."""
        from hoofdaannemer.core import guide as helping
        from hoofdaannemer.core.navigation import Group, register
        from messaging import checks, guide  # noqa: F401  (the checks register themselves)
        from messaging.exchange.policies import ATTENDANTS, READERS

        register(Group.MESSAGES, _("Message traffic"), "message_list", READERS, 10)
        register(Group.MESSAGES, _("Needs attention"), "message_attention", ATTENDANTS, 20)
        helping.register(*guide.TASKS)
