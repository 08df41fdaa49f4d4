"""Which scenarios there are: two told as stories, and every arrangement that stands in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.scenarios.arrangements import exporting, files, loading
from hoofdaannemer.scenarios.arrangements.format import Arrangement, Main

NAMES: Final = ("regio", "canary")


class Progress(Protocol):
    """Told how far the loading is: `done` of `total` pieces of work, and what is at hand."""

    def __call__(self, done: int, total: int, label: str) -> None: ...


@dataclass(frozen=True)
class Scenario:
    """One arrangement that can be loaded; `kvk` is that of its first main contractor."""

    name: str
    description: str
    kvk: str
    load: Callable[[Progress], None]


def scenarios() -> dict[str, Scenario]:
    """All scenarios by name: first the stories, then the files in the order of their names."""
    found = {}
    for name in NAMES:
        path = f"{__package__}.{name}"
        module = import_module(path) if find_spec(path) else None
        if module is not None and hasattr(module, "load"):
            found[name] = Scenario(name, str(module.DESCRIPTION), module.KVK, module.load)
    for arrangement in files.arrangements().values():
        found[arrangement.name] = _of_file(arrangement)
    return found


def _of_file(arrangement: Arrangement) -> Scenario:
    def load_file(progress: Progress) -> None:
        loading.load(arrangement, progress)

    kvk = arrangement.main_contractors[0].kvk
    return Scenario(arrangement.name, arrangement.title, kvk, load_file)


def is_loaded(name: str) -> bool:
    """Whether the scenario's data is there. Raises RuleError SCE-01 for an unknown name."""
    return Organisation.objects.filter(kvk=known(name).kvk).exists()


def load(name: str, progress: Progress | None = None) -> None:
    """Load a scenario, or an arrangement from the path of a file, in one transaction.

    Acts as the system; loaders give their people and messages a true past through `Scope.at`.
    Raises RuleError SCE-01 for an unknown name, SCE-03 or SCE-04 for a file that is wrong,
    ConflictError where it is there already, NotAllowedError outside the demo: signatures, people
    and clients of a scenario are invented.
    """
    if not settings.DEMO:
        raise NotAllowedError(_("Scenarios hold invented data. Load them in the demo only."))
    scenario = known(name)
    with acting_as(system()):
        if Organisation.objects.filter(kvk=scenario.kvk).exists():
            raise ConflictError(
                _("The scenario %(name)s has been loaded already.") % {"name": scenario.name}
            )
        scenario.load(progress or _silent)


def export(name: str) -> Arrangement:
    """What was agreed, as a file holds it: of a scenario, or of a main contractor by its number.

    A scenario that is not loaded is exported as it is shipped. Care, money and people are no part
    of it. Raises RuleError SCE-01 for an unknown name, SCE-02 for a story that is not loaded, and
    SCE-05 for products that share a code.
    """
    if MainContractor.objects.filter(organisation__kvk=name).exists():
        mains = _exported([name])
        return Arrangement(name="EXPORT", title=mains[0].name, main_contractors=mains)
    scenario = known(name)
    shipped = files.arrangements().get(scenario.name)
    if shipped is not None:
        if not is_loaded(name):
            return shipped
        mains = _exported([one.kvk for one in shipped.main_contractors])
        return shipped.model_copy(update={"main_contractors": mains})
    if not is_loaded(name):
        raise RuleError(
            "SCE-02", _("The scenario %(name)s is not loaded. Load it first.") % {"name": name}
        )
    return Arrangement(
        name=scenario.name.upper(),
        title=scenario.description,
        main_contractors=_exported([scenario.kvk]),
    )


def _exported(numbers: list[str]) -> list[Main]:
    """What the database says of these main contractors, by their trade register numbers."""
    with acting_as(system()) as scope:
        rows = MainContractor.objects.filter(organisation__kvk__in=numbers)
        found = {one.organisation.kvk: one for one in rows.select_related("organisation")}
        return [exporting.export(scope, found[number]) for number in numbers]


def known(name: str) -> Scenario:
    """A scenario by its name, whatever its case, or by the path of a file.

    Raises RuleError SCE-01 for an unknown name, SCE-03 or SCE-04 for a file that is wrong.
    """
    if name.endswith((files.SUFFIX, ".yml")):
        return _of_file(files.open_file(Path(name)))
    there = {one.casefold(): scenario for one, scenario in scenarios().items()}
    if name.casefold() not in there:
        raise RuleError(
            "SCE-01",
            _("There is no scenario %(name)s. Choose one of: %(names)s.")
            % {"name": name, "names": ", ".join(one.name for one in there.values())},
        )
    return there[name.casefold()]


def _silent(done: int, total: int, label: str) -> None:
    """Progress that nobody looks at."""
