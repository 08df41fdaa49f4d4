"""A worker that handles what was received each time it is asked; run by `tests.bench.batch`."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import translation  # noqa: E402

from billing.models import Declaration  # noqa: E402
from hoofdaannemer.core.scope import acting_as, system  # noqa: E402
from messaging.exchange.services import intake  # noqa: E402
from tests.bench.resident import resident  # noqa: E402


def main(at: datetime) -> None:
    """As `messaging.exchange.tasks.sweep_incoming` does it, minutes after `at`."""
    scope = system(at + timedelta(minutes=5))
    with acting_as(scope):
        Declaration.objects.exists()
    idle = resident("VmRSS")
    _tell("ready")
    for _asked in sys.stdin:
        with translation.override(settings.LANGUAGE_CODE):
            while intake.sweep(scope=scope):
                pass
        _tell(json.dumps({"idle": idle, "peak": resident("VmHWM")}))


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
