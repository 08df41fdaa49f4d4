"""Which messages somebody may make by hand, for whom, and what becomes of them.

Higher apps register in `AppConfig.ready()`: one `Maker` for a message type and the roles that make
it, or an `Elsewhere` where these roles do the same in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import MainContractor, Municipality
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Family, Message


@dataclass(frozen=True, slots=True)
class Destination:
    """For which main contractor and municipality a message is made, and its header's parties.

    `sender` and `receiver` are a municipality code (4 digits) or an AGB code (8 digits), as the
    message type asks.
    """

    main_contractor: MainContractor
    municipality: Municipality
    family: Family
    sender: str
    receiver: str

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.main_contractor.pk}-{self.municipality.code}"


@dataclass(frozen=True, slots=True)
class Prefill:
    """A message begun with what is known; what is not known yet is empty or absent.

    `clients` are the ids of those whose data it shows, for the access log.
    """

    message: Message
    destination_key: str
    clients: Sequence[int]


class Made(Protocol):
    """What a message became: a row with a page."""

    def get_absolute_url(self) -> str:
        """The address of its page."""
        ...


@dataclass(frozen=True, slots=True)
class Maker:
    """One message type that these roles make by hand.

    `destinations` gives those of one law that a scope may make it for. `send` takes the finished
    message and may raise a DomainError. `begin` starts the message about a row of the registering
    app, by its key, and raises Http404 where the scope may not see it.
    """

    number: str
    roles: frozenset[Role]
    #: What it is for, and the page where the same is done with less: the name of its address.
    purpose: str | Promise
    usual: str
    usual_label: str | Promise
    destinations: Callable[[Scope, Family], Sequence[Destination]]
    send: Callable[[Scope, Destination, Message], Made]
    #: What happens when it is sent.
    next_text: str | Promise
    begin: Callable[[Scope, Family, int], Prefill] | None = None
    #: Elements that get their value when it is sent, such as a reference that is a number of ours.
    given_later: frozenset[str] = frozenset()
    #: Whether the header's number is given when it is sent, and not by who makes the message.
    numbered_later: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A message type that these roles do not make by hand, with how its work is done.

    `url_name` and `label` name the page where, for roles that may open it.
    """

    number: str
    roles: frozenset[Role]
    text: str | Promise
    url_name: str = ""
    label: str | Promise = ""


#: The elements that hold a reference of who asks; given later where that is a number of ours.
OWN_REFERENCE: Final = frozenset({"ReferentieAanbieder"})

#: What happens with a message that goes to the main contractor.
JUDGED_AT_ONCE: Final = _(
    "The message is judged at once, as one from software. You then see the answer."
)

_makers: Final[dict[tuple[str, Role], Maker]] = {}
_elsewhere: Final[dict[tuple[str, Role], Elsewhere]] = {}


def register(maker: Maker) -> None:
    """Let these roles make this message type by hand; the last call counts."""
    _makers.update({(maker.number, role): maker for role in maker.roles})


def register_elsewhere(elsewhere: Elsewhere) -> None:
    """Say where the work of a message type is done that these roles do not make by hand."""
    _elsewhere.update({(elsewhere.number, role): elsewhere for role in elsewhere.roles})


def makers_for(scope: Scope) -> list[Maker]:
    """What this scope may make, by number."""
    found = [maker for (_number, role), maker in _makers.items() if role == scope.role]
    return sorted(found, key=lambda maker: maker.number)


def elsewhere_for(scope: Scope) -> list[Elsewhere]:
    """What this scope does elsewhere, by number; without what it may make after all."""
    found = [
        one
        for (number, role), one in _elsewhere.items()
        if role == scope.role and (number, role) not in _makers
    ]
    return sorted(found, key=lambda one: one.number)


def maker_for(scope: Scope, number: str) -> Maker | None:
    """Who takes this message type from this scope; None where it may not make it."""
    return _makers.get((number, scope.role))
