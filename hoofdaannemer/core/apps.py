"""App configuration."""

from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.signals import connection_created

#: Statements a connection keeps prepared; a worker asks some three hundred different ones.
_PREPARED: Final = 400


class CoreConfig(AppConfig):
    """Building blocks without domain nouns."""

    name = "hoofdaannemer.core"
    label = "core"

    def ready(self) -> None:
        """Register the production checks."""
        from hoofdaannemer.core import checks  # noqa: F401

        connection_created.connect(_keep_prepared, dispatch_uid="core.prepared")


def _keep_prepared(connection: Any, **_signal: object) -> None:
    connection.connection.prepared_max = _PREPARED
