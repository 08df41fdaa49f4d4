"""What an office may do for whoever gave it a mandate: by subject, refused where none covers it.

The one place that decides. Apps say in `AppConfig.ready()` which pages and which changes belong
to a subject; what nobody named is open to no office. It is asked twice: of each page before it is
opened, and of each change when it is recorded, so that no second way leads around the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope


class Subject(models.TextChoices):
    """What a mandate may cover. Accounts, signing, people and mandates are never among them."""

    DECLARE = "declare", gettext_lazy("declaring the month")
    FTE = "fte", gettext_lazy("FTE reports")
    START_STOP = "start_stop", gettext_lazy("start and stop messages")
    STATEMENTS = "statements", gettext_lazy("reading statements and payments")
    DISPUTES = "disputes", gettext_lazy("questions and disputes")


#: Under a mandate of whatever subjects.
ALWAYS: Final = "always"

_pages: dict[str, set[str]] = defaultdict(set)
_verbs: dict[str, set[str]] = defaultdict(set)
_asks: list[Callable[[Scope, int], bool]] = []


def cover(subject: str, *, pages: Iterable[str] = (), verbs: Iterable[str] = ()) -> None:
    """Let a subject, or `ALWAYS`, cover pages by the names of their addresses, and changes."""
    for page in pages:
        _pages[page].add(subject)
    for verb in verbs:
        _verbs[verb].add(subject)


def covered_pages() -> frozenset[str]:
    """Every page that some subject covers."""
    return frozenset(_pages)


def is_limited(scope: Scope) -> bool:
    """Whether somebody acts for another under a mandate."""
    return bool(scope.mandate_id) and scope.role in SUBCONTRACTOR


def covers_page(scope: Scope, name: str) -> bool:
    """Whether this scope may open the page with this name, as far as a mandate is concerned."""
    covering = _pages.get(name, set())
    return not is_limited(scope) or ALWAYS in covering or bool(covering & scope.subjects)


def covers_change(subjects: Iterable[str], verb: str) -> bool:
    """Whether a mandate with these subjects covers a change."""
    covering = _verbs.get(verb, set())
    return ALWAYS in covering or not covering.isdisjoint(subjects)


def check_covers_change(scope: Scope, verb: str) -> None:
    """Raises NotAllowedError for a change that the mandate one acts under does not cover."""
    if is_limited(scope) and not covers_change(scope.subjects, verb):
        raise NotAllowedError(_("The mandate you act under does not cover this."))


def register_refusal(asks: Callable[[Scope, int], bool]) -> None:
    """Say, from `AppConfig.ready()`, whether an agreement lets an organisation's mandates be
    refused: called with the scope of the main contractor and the organisation's id."""
    _asks.append(asks)


def may_be_refused(scope: Scope, organisation_id: int) -> bool:
    """Whether what the main contractor agreed with the organisation lets it refuse an office."""
    return any(asks(scope, organisation_id) for asks in _asks)
