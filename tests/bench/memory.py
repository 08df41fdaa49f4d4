"""The memory that the largest declaration takes: a document as large as the hubs pass on.

Handled in a process of its own, since Python gives back little of what an earlier measurement took.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from messaging.istandaard import Family, builders, serialize
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from messaging.istandaard.policy import MAX_BYTES
from tests.bench import history
from tests.bench.history import History
from tests.bench.measuring import Room

AIM_MB: Final = 400
#: Months after those of the other measurements, with a line each for every placement.
_SKIPPED, _MONTHS = 7, 4
_CENTS, _VOLUME = 6600, 3
_MB: Final = 1024 * 1024


def measure(past: History) -> Room:
    """Megabytes above the idle process at the peak, by what the operating system saw."""
    document = _document(past)
    with TemporaryDirectory(prefix="ha-bench-") as folder:
        path = Path(folder) / "323.xml"
        path.write_bytes(document)
        ran = subprocess.run(
            [sys.executable, "-m", "tests.bench.one_process", str(path), json.dumps(_who(past))],
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["state"] == "handled", found
    what = f"323 of {len(document) / _MB:.1f} MB ({found['lines']} lines) to verdicts"
    return Room("memory", what, found["peak"] - found["idle"], AIM_MB)


def _who(past: History) -> dict[str, Any]:
    return {
        "main": past.main.pk,
        "organisation": past.party.organisation.pk,
        "user": past.sender.user_id,
        "at": past.sender.at.isoformat(),
    }


def _document(past: History) -> bytes:
    """As many lines as the hubs' 25 MB hold."""
    months = history.months_after(_SKIPPED + _MONTHS)[_SKIPPED:]
    envelope = builders.Envelope(
        family=Family.JW,
        sender=past.party.organisation.agb,
        receiver=history.TOWNS[0][0],
        number="BM",
        day=past.scope.today,
    )
    period = ClosedPeriod(start=months[-1].first, end=months[-1].last)
    lines = list(_lines(past, months))
    one = len(serialize(builders.declaration(envelope, "BM", period, lines[:1000]))) / 1000
    return serialize(builders.declaration(envelope, "BM", period, lines[: int(MAX_BYTES / one)]))


def _lines(past: History, months: list[Any]) -> Iterator[tuple[str, ServiceLine]]:
    for client, bsn in enumerate(past.bsns, start=1):
        for second in (0, 1):
            for month in months:
                placed = history.placement_number(client, second)
                yield (
                    bsn,
                    ServiceLine(
                        reference=LineReference(number=f"M{month.month:02d}-{placed}"),
                        allocation_number=placed,
                        category="45",
                        code=history.product_of(client, second),
                        product_period=ClosedPeriod(start=month.first, end=month.last),
                        delivered_volume=_VOLUME,
                        unit="04",
                        tariff=_CENTS,
                        submitted_amount=Amount(cents=_VOLUME * _CENTS, debit_credit="D"),
                    ),
                )
