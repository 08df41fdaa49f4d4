"""The other side of the watched folder: municipalities that send files and read the answers."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Final

from django.utils import timezone

from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.municipality import Decision, Municipality
from hoofdaannemer.scenarios.regio import KVK
from hoofdaannemer.scenarios.regio.catalogue import GOODS, Goods
from hoofdaannemer.scenarios.regio.parties import FIRST_AGB
from messaging.istandaard import Family

#: AGB code of the main contractor of the scenario.
MAIN_AGB: Final = f"{FIRST_AGB:08d}"
#: A file is taken by a sweep each 15 seconds, judged, and answered by another.
PATIENCE_SECONDS: Final = 90.0
TOWNS: Final = {"0307": "Amersfoort", "0342": "Soest", "0114": "Emmen"}
#: Days of an allocation, and the reasons (JZ002) for another number of them.
DAYS: Final = 200
PROLONGED, SHORTENED = "04", "05"
#: Test BSNs that the scenarios leave alone.
FREE_BSNS: Final = (1_000, 8_000)

# Each run takes its own people and numbers, so that a kept database can be walked again.
_dice = random.Random()
_numbers = count(_dice.randrange(1_000_000, 900_000_000))


def unused() -> int:
    """A number that no message of this run or an earlier one bears."""
    return next(_numbers)


def goods(key: str) -> Goods:
    """A product of the scenario."""
    return next(one for one in GOODS if one.key == key)


def new_client(town: str) -> people.Person:
    """Somebody whom nobody knows yet, living in a town by its code."""
    number = next(islice(people.test_bsns(), _dice.randrange(*FREE_BSNS), None))
    today = timezone.localdate()
    years = (20, 90) if town == "0114" else (5, 16)
    born = (today - timedelta(days=365 * years[1]), today - timedelta(days=365 * years[0]))
    return people.person(_dice, number, town=TOWNS[town], born_between=born)


@dataclass
class TownHall:
    """One municipality: what it drops in our folder, and what it finds in its own."""

    home: Path
    code: str
    _town: Municipality = field(init=False)

    def __post_init__(self) -> None:
        self._town = Municipality(
            code=self.code,
            name=TOWNS[self.code],
            family=Family.WMO if self.code == "0114" else Family.JW,
            provider_agb=MAIN_AGB,
            first_number=_dice.randrange(100_000_000, 800_000_000),
            _identifications=count(_dice.randrange(50_000_000, 99_000_000)),
        )

    def allocate(
        self,
        client: people.Person,
        product: Goods,
        *,
        start: date,
        days: int = DAYS,
        volume: int = 0,
        reference: str = "",
    ) -> tuple[int, bytes]:
        """A 301 for the client, decided now: its allocation number and its bytes."""
        decision = Decision(
            category=product.category,
            code=product.code,
            start_date=start,
            end_date=start + timedelta(days=days),
            volume=volume or product.volume[0],
            unit=product.unit,
            frequency=product.frequency,
            reference=reference,
        )
        return self._town.allocate(client, decision, _now())

    def change(
        self, number: int, client: people.Person, product: Goods, *, start: date, days: int
    ) -> bytes:
        """A 301 with the same allocation, which now ends so many days after its start."""
        decision = Decision(
            category=product.category,
            code=product.code,
            start_date=start,
            end_date=start + timedelta(days=days),
            volume=product.volume[0],
            unit=product.unit,
            frequency=product.frequency,
            change_reason=PROLONGED if days > DAYS else SHORTENED,
        )
        return self._town.deliver(number, client, decision, _now())

    def reply(self, raw: bytes) -> bytes:
        """The return message without errors to one of ours."""
        return self._town.reply(raw, timezone.localdate())

    def drop(self, raw: bytes) -> None:
        """Put a file in the folder that the platform watches."""
        folder = self.home / "in" / KVK / self.code
        folder.mkdir(parents=True, exist_ok=True)
        name = f"bericht-{time.time_ns()}.xml"
        draft = folder / f".{name}.part"
        draft.write_bytes(raw)
        draft.replace(folder / name)

    def receive(self, kind: str, *texts: str) -> bytes:
        """The message of a kind (such as 305) to this municipality in which all texts stand."""
        folder = self.home / "out" / KVK / self.code
        return wait_for(lambda: _found(folder, kind, texts), f"a {kind} for {self.code}")

    def introduce(
        self, clients: Sequence[people.Person], product: Goods, *, start: date, volume: int = 0
    ) -> list[int]:
        """Allocate to clients and wait for the answers; gives the allocation numbers."""
        sent = [self.allocate(one, product, start=start, volume=volume) for one in clients]
        for _number, raw in sent:
            self.drop(raw)
        for _number, raw in sent:
            self.receive("302", identification_of(raw))
        return [number for number, _raw in sent]


def wait_for(look: Callable[[], bytes | None], what: str) -> bytes:
    """Look until there is something. Raises AssertionError when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not come")


def _found(folder: Path, kind: str, texts: tuple[str, ...]) -> bytes | None:
    # Newest first: the folder keeps the messages of a whole year.
    files = sorted(folder.glob(f"*{kind}*.xml"), key=lambda one: one.stat().st_mtime, reverse=True)
    for file in files[:50]:
        raw = file.read_bytes()
        if all(text.encode() in raw for text in texts):
            return raw
    return None


def identification_of(raw: bytes) -> str:
    found = re.search(rb"<\w+:Identificatie>([^<]+)<", raw)
    assert found
    return found[1].decode()


def _now() -> datetime:
    return timezone.localtime()
