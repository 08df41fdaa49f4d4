"""Which scenarios there are, and loading one of them: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import acting_as, system

NAMES: Final = ("regio", "canary")


class Progress(Protocol):
    """Told how far the loading is: `done` of `total` pieces of work, and what is at hand."""

    def __call__(self, done: int, total: int, label: str) -> None: ...


@dataclass(frozen=True)
class Scenario:
    """One arrangement that can be loaded."""

    name: str
    description: str
    kvk: str
    load: Callable[[Progress], None]


def scenarios() -> dict[str, Scenario]:
    """All scenarios by name."""
    found = {}
    for name in NAMES:
        path = f"{__package__}.{name}"
        module = import_module(path) if find_spec(path) else None
        if module is not None and hasattr(module, "load"):
            found[name] = Scenario(name, str(module.DESCRIPTION), module.KVK, module.load)
    return found


def is_loaded(name: str) -> bool:
    """Whether the scenario's data is there. Raises RuleError SCE-01 for an unknown name."""
    return Organisation.objects.filter(kvk=_known(name).kvk).exists()


def load(name: str, progress: Progress | None = None) -> None:
    """Load a scenario in one transaction, acting as the system.

    Loaders give their people and messages a true past through `Scope.at`.
    Raises RuleError SCE-01 for an unknown name, ConflictError where it is there already.
    """
    scenario = _known(name)
    with acting_as(system()):
        if is_loaded(name):
            raise ConflictError(
                _("The scenario %(name)s has been loaded already.") % {"name": name}
            )
        scenario.load(progress or _silent)


def _known(name: str) -> Scenario:
    known = scenarios()
    if name not in known:
        raise RuleError(
            "SCE-01",
            _("There is no scenario %(name)s. Choose one of: %(names)s.")
            % {"name": name, "names": ", ".join(known)},
        )
    return known[name]


def _silent(done: int, total: int, label: str) -> None:
    """Progress that nobody looks at."""
