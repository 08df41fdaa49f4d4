"""App configuration."""

from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    """Reports upward, disclosure control, the municipal portal."""

    name = "hoofdaannemer.accountability"
    label = "accountability"
