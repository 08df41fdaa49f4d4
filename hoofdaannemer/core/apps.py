"""App configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Building blocks without domain nouns."""

    name = "hoofdaannemer.core"
    label = "core"

    def ready(self) -> None:
        """Register the production checks."""
        from hoofdaannemer.core import checks  # noqa: F401
