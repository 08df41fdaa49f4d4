"""The project itself as an app: commands that span the whole chain, and scenarios."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Holds no rows."""

    name = "hoofdaannemer"
    label = "project"
