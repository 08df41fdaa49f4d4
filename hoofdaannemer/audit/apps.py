"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who looked at which client, and who changed what."""

    name = "hoofdaannemer.audit"
    label = "audit"
