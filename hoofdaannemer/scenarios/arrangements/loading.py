"""Loads an arrangement from its file: contracts, people, and the care that it is tried with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Final

from hoofdaannemer.core.scope import system
from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.arrangements import staff, trial
from hoofdaannemer.scenarios.arrangements.building import Built, build, parts_of
from hoofdaannemer.scenarios.arrangements.format import Arrangement

#: The test range has room for some nine thousand BSNs: so many places for so many clients.
_PLACES: Final = 80
_CLIENTS: Final = 100


def load(arrangement: Arrangement, progress: Callable[[int, int, str], None]) -> list[Built]:
    """Set everything up, and run the care that it asks for; acting as the system.

    Raises RuleError where a rule of the contract services is broken.
    """
    parts = parts_of(arrangement)
    months = arrangement.trial.months if arrangement.trial else 0
    total = parts + len(arrangement.main_contractors) * (months + 3)
    made = build(arrangement, lambda done: progress(done, total, arrangement.name))
    done = parts
    numbers = islice(people.test_bsns(), _first_bsn(arrangement), None)
    for built in made:
        domain = _domain(arrangement, built)
        office = staff.appoint(system(), built, domain)
        if arrangement.trial is None:
            continue
        tried = trial.prepare(built, office, arrangement.trial, numbers)
        for step in trial.steps_of(tried):
            step()
            done += 1
            progress(done, total, arrangement.name)
    progress(total, total, arrangement.name)
    return made


def _first_bsn(arrangement: Arrangement) -> int:
    """Where in the test range its clients begin, so that arrangements do not share people."""
    return int(arrangement.main_contractors[0].kvk[:8]) // 1000 % _PLACES * _CLIENTS


def _domain(arrangement: Arrangement, built: Built) -> str:
    """Where its people have their mail addresses."""
    name = arrangement.name.lower()
    position = arrangement.main_contractors.index(built.entry)
    return f"{name}-{position + 1}.example" if position else f"{name}.example"
