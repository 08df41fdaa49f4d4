"""Which clients are these? Messages know a keyed hash; a higher app knows the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from hoofdaannemer.core.scope import Scope

#: Scope and hashes of BSNs → ids of the clients that this scope may see.
Lookup = Callable[[Scope, Collection[bytes]], Iterable[int]]

_lookups: list[Lookup] = []


def register(lookup: Lookup) -> None:
    """Let `lookup` say who the clients of a message are; from `AppConfig.ready()`."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def clients_of(scope: Scope, hashes: Collection[bytes]) -> set[int]:
    """Ids of the clients with these hashes; unknown ones are left out."""
    if not hashes:
        return set()
    return {client for lookup in _lookups for client in lookup(scope, hashes)}
