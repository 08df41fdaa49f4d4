"""The pages of one municipal contract, as tabs: apps above may add theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import MunicipalContract


@dataclass(frozen=True)
class Page:
    """A tab: its label, the name of its address, who reads it, and where it stands."""

    label: str | Promise
    name: str
    readers: frozenset[Role]
    order: int


_pages: dict[str, Page] = {}


def register(label: str | Promise, name: str, readers: Collection[Role], order: int) -> None:
    """Offer a page of a municipal contract, from `AppConfig.ready()`; `name` takes its key."""
    _pages[name] = Page(label, name, frozenset(readers), order)


def tabs(scope: Scope, contract: MunicipalContract, active: str) -> list[dict[str, Any]]:
    """The pages of a contract that somebody reads, in their order."""
    readable = [one for one in _pages.values() if scope.role in one.readers]
    return [
        {
            "label": one.label,
            "url": reverse(one.name, args=[contract.pk]),
            "active": one.name == active,
        }
        for one in sorted(readable, key=lambda one: one.order)
    ]
