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
        from hoofdaannemer.core.scope import CARE, Role
        from messaging import checks, guide  # noqa: F401  (the checks register themselves)
        from messaging.exchange.policies import ATTENDANTS, READERS, SENDERS

        register(Group.MESSAGES, _("Message traffic"), "message_list", READERS, 10)
        register(Group.MESSAGES, _("Make a message by hand"), "message_entry_list", SENDERS, 12)
        register(Group.MESSAGES, _("Needs attention"), "message_attention", ATTENDANTS, 20)
        register(Group.MESSAGES, _("Completeness"), "message_completeness_list", READERS, 30)
        register(Group.MESSAGES, _("Copies to municipalities"), "copy_list", CARE, 35)
        administrator = {Role.ADMINISTRATOR}
        register(Group.MESSAGES, _("Health of the traffic"), "message_health", administrator, 40)
        helping.register(*guide.TASKS)
