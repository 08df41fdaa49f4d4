"""The left navigation: apps register their pages, a role sees what it can use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core import mandates
from hoofdaannemer.core.scope import Role, Scope


class Group(models.TextChoices):
    """The groups by the work people do, in the order in which they are shown."""

    WORK_LIST = "work_list", _("Work list")
    CLIENTS = "clients", _("Clients and placements")
    MESSAGES = "messages", _("Messages")
    CONTRACTS = "contracts", _("Contracts")
    MONEY = "money", _("Declarations and payments")
    QUALITY = "quality", _("Quality")
    ACCOUNTABILITY = "accountability", _("Accountability")
    ADMINISTRATION = "administration", _("Administration")


@dataclass(frozen=True)
class Registration:
    """One page in the navigation, as an app registered it."""

    group: Group
    label: str | Promise
    url_name: str
    roles: frozenset[Role]
    order: int


@dataclass(frozen=True)
class Item:
    """One link as the template shows it."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class ShownGroup:
    """A group of links; never empty."""

    label: str
    items: tuple[Item, ...]


_registrations: dict[str, Registration] = {}


def register(
    group: Group, label: str | Promise, url_name: str, roles: Iterable[Role], order: int = 100
) -> None:
    """Offer a page to these roles, from `AppConfig.ready()`; the last call for a name counts."""
    _registrations[url_name] = Registration(group, label, url_name, frozenset(roles), order)


def items_for(scope: Scope, path: str) -> list[ShownGroup]:
    """The groups and links for this role; the longest link that begins `path` is the active one."""
    mine = [
        entry
        for entry in _registrations.values()
        if scope.role in entry.roles and mandates.covers_page(scope, entry.url_name)
    ]
    urls = {entry.url_name: reverse(entry.url_name) for entry in mine}
    active = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    shown = []
    for group in Group:
        entries = sorted((e for e in mine if e.group == group), key=lambda e: (e.order, e.url_name))
        items = tuple(
            Item(str(entry.label), urls[entry.url_name], urls[entry.url_name] == active)
            for entry in entries
        )
        if items:
            shown.append(ShownGroup(str(group.label), items))
    return shown


def navigation(request: HttpRequest) -> dict[str, list[ShownGroup]]:
    """Context processor: `navigation`, empty for somebody who has not logged in."""
    scope = getattr(request, "scope", None)
    user = getattr(request, "user", None)
    if not isinstance(scope, Scope) or user is None or not user.is_authenticated:
        return {"navigation": []}
    return {"navigation": items_for(scope, request.path)}
