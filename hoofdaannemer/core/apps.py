"""App configuration."""

from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from hoofdaannemer.core.collecting import collect_seldom

#: Statements a connection keeps prepared; a worker asks some three hundred different ones.
_PREPARED: Final = 400


class CoreConfig(AppConfig):
    """Building blocks without domain nouns."""

    name = "hoofdaannemer.core"
    label = "core"

    def ready(self) -> None:
        """Register the production checks; all models are loaded by now."""
        from hoofdaannemer.core import checks  # noqa: F401

        connection_created.connect(_keep_prepared, dispatch_uid="core.prepared")
        collect_seldom()


def _keep_prepared(connection: Any, **_signal: object) -> None:
    connection.connection.prepared_max = _PREPARED
