"""One worker: says that it is ready, handles all that was received, says that it is done."""

from __future__ import annotations

import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import translation  # noqa: E402

from hoofdaannemer.core.scope import system  # noqa: E402
from messaging.exchange.services import intake  # noqa: E402
from tests.bench.history import NOW  # noqa: E402


def main() -> None:
    """As `messaging.exchange.tasks.sweep_incoming` does it, at the moment of the benchmark."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with translation.override(settings.LANGUAGE_CODE):
        while intake.sweep(scope=system(NOW + timedelta(minutes=5)), limit=100_000):
            pass
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
