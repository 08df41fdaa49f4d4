"""One message being made: what was filled in, for whom, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from messaging.exchange.entry import values as texts
from messaging.exchange.entry.checking import Checked, Remark, check
from messaging.exchange.entry.description import HEADER
from messaging.exchange.entry.registry import Destination, Maker
from messaging.istandaard import MessageType
from messaging.istandaard.builders import Envelope
from messaging.istandaard.model.header import Header

#: Names of what the page posts beside the fields; no element begins so.
DESTINATION: Final = "_destination"
NUMBER: Final = "_number"
MENDS: Final = "_mends"
#: Stands for what is given when the message is sent; as long as an identification may be.
_LATER: Final = "volgt"


@dataclass(frozen=True, slots=True)
class Desk:
    """A form of one message type, as far as it was filled in.

    `destination` is None while it must still be chosen. `number` is the header's identification,
    empty where it is given when the message is sent. `mends` is the key of the refused message
    that this one corrects, empty where it corrects none.
    """

    scope: Scope
    kind: MessageType
    maker: Maker
    destinations: Sequence[Destination]
    destination: Destination | None
    number: str
    values: Mapping[str, str]
    mends: str = ""

    @property
    def sender(self) -> str:
        """The code of who sends it; empty while that depends on the destination."""
        senders = {one.sender for one in self.destinations}
        return senders.pop() if len(senders) == 1 else getattr(self.destination, "sender", "")

    @property
    def header(self) -> Header:
        """As it will be; without the receiver while the destination is not known."""
        to = self.destination
        return Envelope(
            family=self.kind.family,
            sender=self.sender,
            receiver=to.receiver if to else "",
            number=self.number or _LATER,
            day=self.scope.today,
        ).header

    def with_values(self, values: Mapping[str, str]) -> Desk:
        """The same with other texts in the fields."""
        return replace(self, values=values)

    def checked(self) -> Checked:
        """The message with everything that keeps it from being sent."""
        found = check(self.kind, self._with_later(), self.header, self.scope.today)
        if self.destination is not None:
            return found
        choose = Remark(DESTINATION, _("Choose for whom this message is."), is_missing=True)
        # What the header lacks follows from it.
        typed = [one for one in found.remarks if one.path.partition("/")[0] != HEADER]
        return Checked(found.draft, [choose, *typed], found.xml)

    def _with_later(self) -> dict[str, str]:
        """The texts, with a different one in each field that gets its value when it is sent."""
        later = [path for path in self.values if path.rpartition("/")[2] in self.maker.given_later]
        given = {path: f"{_LATER}-{place}" for place, path in enumerate(later, start=1)}
        return {**self.values, **given}

    def facts(self) -> list[tuple[str, str]]:
        """The header in words, for who does not type it."""
        to = self.destination
        later = _("is given when you send it")
        return [
            (_("Sender"), self.sender or "—"),
            (_("Receiver"), f"{to.receiver} ({to.municipality})" if to else "—"),
            (_("Identification"), self.number or later),
            (_("Date"), date_nl(self.scope.today)),
        ]


def opened(
    scope: Scope, kind: MessageType, maker: Maker, given: Mapping[str, str], number: str
) -> Desk:
    """The desk with these texts, among them which destination is meant."""
    destinations = maker.destinations(scope, kind.family)
    key = given.get(DESTINATION, "")
    chosen = next((one for one in destinations if one.key == key), None)
    if chosen is None and len(destinations) == 1:
        chosen = destinations[0]
    values = texts.whole(kind, given)
    return Desk(
        scope, kind, maker, destinations, chosen, number, values, mends=given.get(MENDS, "")
    )
