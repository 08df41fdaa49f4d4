"""Collects who may open what from one module an app, and the addresses from the resolver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from hoofdaannemer.core.scope import Role

#: The key under which a table says what somebody gets who has not logged in; else the login page.
ANONYMOUS: Final = Role.NOBODY
#: Modules in the order of the address file; each has `ACCESS`.
MODULES: Final = (
    "core",
    "accounts",
    "messaging",
    "subcontracts",
    "qualifications",
    "billing",
    "accountability",
    "scenarios",
)
Access = Mapping[str, tuple[str, Mapping[Role, int]]]


def access() -> Access:
    """Method and status by role for every address; a role that is not named is refused.

    Raises ValueError for an address that two modules name.
    """
    found: dict[str, tuple[str, Mapping[Role, int]]] = {}
    for module in MODULES:
        path = f"{__package__}.{module}"
        if not find_spec(path):
            continue
        for name, entry in import_module(path).ACCESS.items():
            if name in found:
                raise ValueError(f"{name} stands in two tables")
            found[name] = entry
    return found


def patterns() -> dict[str, URLPattern]:
    """Every named address of the site."""
    return {str(one.name): one for one in _walk(get_resolver().url_patterns)}


def names() -> list[str]:
    """The names of all addresses, sorted."""
    return sorted(patterns())


def hidden() -> list[str]:
    """Addresses that nobody reaches or can name, since an earlier one has their path or name."""
    every = list(_walk(get_resolver().url_patterns))
    paths = Counter(str(one.pattern) for one in every)
    given = Counter(one.name for one in every)
    return [str(one.pattern) for one in every if paths[str(one.pattern)] > 1 or given[one.name] > 1]


def nameless() -> list[str]:
    """Addresses without a name, which no table could list."""
    return [str(one.pattern) for one in _walk(get_resolver().url_patterns) if not one.name]


def _walk(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns)
        else:
            yield entry
