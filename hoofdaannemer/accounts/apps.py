"""App configuration."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Organisations, people, roles, sessions and tokens."""

    name = "hoofdaannemer.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Offer the pages in the navigation; tell long downloads when access ends."""
        from hoofdaannemer.accounts import selectors
        from hoofdaannemer.accounts.models.mandates import READERS
        from hoofdaannemer.core import export, mandates, navigation
        from hoofdaannemer.core.navigation import Group
        from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role

        export.register_check(selectors.still_acts)
        managers = {Role.ADMINISTRATOR, Role.SUBCONTRACTOR_ADMIN}
        delegates = {Role.SUBCONTRACTOR_ADMIN}
        if settings.DEMO:
            play = _("Play the municipality")
            navigation.register(Group.MESSAGES, play, "demo_municipality", CARE, 90)
        group = Group.ADMINISTRATION
        navigation.register(group, _("People and roles"), "user_list", managers, 10)
        navigation.register(group, _("API keys"), "token_list", delegates, 20)
        administrators = {Role.ADMINISTRATOR}
        navigation.register(
            group, _("Keys of the own access"), "access_key_list", administrators, 25
        )
        navigation.register(group, _("Administration offices"), "office_list", administrators, 15)
        navigation.register(
            Group.CONTRACTS,
            _("Administration offices"),
            "office_mandate_list",
            READERS | SUBCONTRACTOR | {Role.OFFICE_USER},
            29,
        )
        navigation.register(
            group, _("Account that is paid from"), "paying_account", administrators, 16
        )
        # The entrance, and finding out what one may do; one's account is no page of a practice.
        mandates.cover(
            mandates.ALWAYS,
            pages=("login", "second_factor", "second_factor_enrol", "invitation_accept", "help"),
            verbs=("office_mandate.entered",),
        )
        navigation.register(group, _("Log"), "access_record_list", STAFF | SUBCONTRACTOR, 90)
