"""The fourteen messages of both families, and the register of message types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from .allocation import AllocationClient
from .declaration import Declaration, DeclarationAnswer
from .delivery import StartClient, StopClient
from .elements import Element, Family, Tag
from .header import DeclarationAnswerHeader, Header, Part, ReturnHeader
from .requests import ChangeClient, RequestAnswer, RequestClient


@dataclass(frozen=True, eq=False)
class MessageType:
    """One message of one family, such as JW301. There is one object of each.

    `code` is its fixed BerichtCode. `from_municipality` says which party stands in the header as
    sender; a return message repeats the header of the message that it answers.
    """

    family: Family
    number: str
    code: str
    message: type[Message]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def name(self) -> str:
        return f"{self.family.upper()}{self.number}"

    @property
    def from_municipality(self) -> bool:
        return self.number in {"301", "302", "319", "320", "325"}

    @property
    def has_return_codes(self) -> bool:
        return self.is_return or self.number == "325"

    @property
    def is_return(self) -> bool:
        """Whether it repeats the message it answers; the 325 does not."""
        return self.number in RETURNED

    @property
    def answered_by(self) -> MessageType | None:
        """The return message or declaration answer to this message, if it has one."""
        number = ANSWERS.get(self.number)
        return message_type(self.family, number) if number else None

    @property
    def namespace(self) -> str:
        return f"http://www.istandaarden.nl/i{self.family}/3_2/{self.name.lower()}/schema"

    @property
    def base_namespace(self) -> str:
        return base_namespace(self.family)


def base_namespace(family: Family) -> str:
    return f"http://www.istandaarden.nl/i{family}/3_2/basisschema/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Element, ABC):
    """Base of the messages. `family` is not an element: it decides namespaces and code lists."""

    xml_type: ClassVar[str] = "Root"
    in_base: ClassVar[bool] = False
    number: ClassVar[str]
    family: Family
    header: Annotated[Header, Tag("Header")]

    @property
    def type(self) -> MessageType:
        return message_type(self.family, self.number)

    @property
    @abstractmethod
    def content(self) -> Part | None:
        """The one class beside the header; None where a return has only a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMessage(Message):
    header: Annotated[ReturnHeader, Tag("Header")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationMessage(Message):
    number: ClassVar[str] = "301"
    client: Annotated[AllocationClient, Tag("Client")]

    @property
    def content(self) -> Part:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationReturn(ReturnMessage):
    number: ClassVar[str] = "302"
    client: Annotated[AllocationClient | None, Tag("Client")] = None

    @property
    def content(self) -> Part | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMessage(Message):
    number: ClassVar[str] = "305"
    client: Annotated[StartClient, Tag("Client")]

    @property
    def content(self) -> Part:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartReturn(ReturnMessage):
    number: ClassVar[str] = "306"
    client: Annotated[StartClient | None, Tag("Client")] = None

    @property
    def content(self) -> Part | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMessage(Message):
    number: ClassVar[str] = "307"
    client: Annotated[StopClient, Tag("Client")]

    @property
    def content(self) -> Part:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReturn(ReturnMessage):
    number: ClassVar[str] = "308"
    client: Annotated[StopClient | None, Tag("Client")] = None

    @property
    def content(self) -> Part | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRequestMessage(Message):
    number: ClassVar[str] = "315"
    client: Annotated[RequestClient, Tag("Client")]

    @property
    def content(self) -> Part:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRequestReturn(ReturnMessage):
    number: ClassVar[str] = "316"
    client: Annotated[RequestClient | None, Tag("Client")] = None

    @property
    def content(self) -> Part | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequestMessage(Message):
    number: ClassVar[str] = "317"
    client: Annotated[ChangeClient, Tag("Client")]

    @property
    def content(self) -> Part:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequestReturn(ReturnMessage):
    number: ClassVar[str] = "318"
    client: Annotated[ChangeClient | None, Tag("Client")] = None

    @property
    def content(self) -> Part | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMessage(Message):
    number: ClassVar[str] = "319"
    answer: Annotated[RequestAnswer, Tag("Antwoord")]

    @property
    def content(self) -> Part:
        return self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReturn(ReturnMessage):
    number: ClassVar[str] = "320"
    answer: Annotated[RequestAnswer | None, Tag("Antwoord")] = None

    @property
    def content(self) -> Part | None:
        return self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationMessage(Message):
    number: ClassVar[str] = "323"
    declaration: Annotated[Declaration, Tag("Declaratie")]

    @property
    def content(self) -> Part:
        return self.declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationAnswerMessage(Message):
    number: ClassVar[str] = "325"
    header: Annotated[DeclarationAnswerHeader, Tag("Header")]
    answer: Annotated[DeclarationAnswer | None, Tag("DeclaratieAntwoord")] = None

    @property
    def content(self) -> Part | None:
        return self.answer


ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "301": "302",
        "305": "306",
        "307": "308",
        "315": "316",
        "317": "318",
        "319": "320",
        "323": "325",
    }
)
RETURNED: Final = frozenset(ANSWERS.values()) - {"325"}

# Message class, BerichtCode in the Wmo, BerichtCode in youth help.
_CODES: Final[tuple[tuple[type[Message], str, str], ...]] = (
    (AllocationMessage, "414", "436"),
    (AllocationReturn, "415", "437"),
    (StartMessage, "418", "438"),
    (StartReturn, "419", "439"),
    (StopMessage, "420", "440"),
    (StopReturn, "421", "441"),
    (AllocationRequestMessage, "444", "446"),
    (AllocationRequestReturn, "445", "447"),
    (ChangeRequestMessage, "480", "486"),
    (ChangeRequestReturn, "481", "487"),
    (AnswerMessage, "482", "488"),
    (AnswerReturn, "483", "489"),
    (DeclarationMessage, "484", "490"),
    (DeclarationAnswerMessage, "485", "491"),
)

MESSAGE_TYPES: Final = MappingProxyType(
    {
        (family, message.number): MessageType(family, message.number, code, message)
        for message, wmo, jw in _CODES
        for family, code in ((Family.WMO, wmo), (Family.JW, jw))
    }
)


def message_type(family: Family, number: str) -> MessageType:
    """The message type of a number such as 301. Raises KeyError for a number that is none."""
    return MESSAGE_TYPES[family, number]
