"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Organisations, people, roles, sessions and tokens."""

    name = "hoofdaannemer.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Offer the pages in the navigation; tell long downloads when access ends."""
        from hoofdaannemer.accounts import selectors
        from hoofdaannemer.core import export, navigation
        from hoofdaannemer.core.navigation import Group
        from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role

        export.register_check(selectors.still_acts)
        managers = {Role.ADMINISTRATOR, Role.SUBCONTRACTOR_ADMIN}
        delegates = {Role.SUBCONTRACTOR_ADMIN}
        group = Group.ADMINISTRATION
        navigation.register(group, _("People and roles"), "user_list", managers, 10)
        navigation.register(group, _("API keys"), "token_list", delegates, 20)
        administrators = {Role.ADMINISTRATOR}
        navigation.register(
            group, _("Keys of the own access"), "access_key_list", administrators, 25
        )
        navigation.register(group, _("Log"), "access_record_list", STAFF | SUBCONTRACTOR, 90)
