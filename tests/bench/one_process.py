"""Handles one declaration and tells how much memory that took; run by `tests.bench.memory`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from billing.models import Declaration  # noqa: E402
from hoofdaannemer.core.scope import Role, Scope, acting_as  # noqa: E402
from messaging.exchange.services import intake  # noqa: E402
from messaging.models import IncomingMessage, Leg  # noqa: E402
from tests.bench.resident import resident  # noqa: E402


def _handle(path: str, who: dict[str, Any]) -> dict[str, Any]:
    """In the process of its own: idle, then the peak while the document is handled."""
    sender = Scope(
        role=Role.SUBCONTRACTOR_USER,
        user_id=who["user"],
        organisation_id=who["organisation"],
        at=datetime.fromisoformat(who["at"]),
    )
    with acting_as(sender):
        Declaration.objects.visible_to(sender).exists()
    idle = resident("VmRSS")
    with acting_as(sender):
        row = intake.receive(
            scope=sender,
            raw=Path(path).read_bytes(),
            main_contractor_id=who["main"],
            leg=Leg.DOWN,
            source=IncomingMessage.Source.MAILBOX,
            organisation_id=who["organisation"],
        )
    with acting_as(sender):
        judged = intake.handle(scope=sender, message_id=row.pk)
        lines = Declaration.objects.get(message=judged).line_count
    peak = resident("VmHWM")
    return {"idle": idle, "peak": peak, "state": judged.state, "lines": lines}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_handle(sys.argv[1], json.loads(sys.argv[2]))))
