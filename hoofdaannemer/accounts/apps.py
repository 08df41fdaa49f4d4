"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations, people, roles, sessions and tokens."""

    name = "hoofdaannemer.accounts"
    label = "accounts"
