"""App configuration."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Declarations, FTE reports, trajectories, statements and payments."""

    name = "billing"
