"""Headers. The fixed code and version elements follow from the message type and are no fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar

from .elements import PARTY, Element, Tag
from .values import MessageId, XsdVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Element):
    """A message class. Return codes stand on it in return messages only.

    `key` names the fields that together are unique inside the parent (rule TR101).
    """

    in_base: ClassVar[bool] = False
    key: ClassVar[tuple[str, ...]] = ()
    return_codes: Annotated[tuple[str, ...], Tag("RetourCodes/RetourCode", "LDT_RetourCode")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Part):
    """Sender and receiver are a municipality code (4 digits) or an AGB code (8 digits)."""

    xml_type: ClassVar[str] = "Header"
    sender: Annotated[str, Tag("Afzender", PARTY)]
    receiver: Annotated[str, Tag("Ontvanger", PARTY)]
    message_id: Annotated[MessageId, Tag("BerichtIdentificatie")]
    xsd_version: Annotated[XsdVersion, Tag("XsdVersie")] = field(default_factory=XsdVersion)

    @property
    def message_number(self) -> str:
        return self.message_id.number

    @property
    def message_date(self) -> date:
        return self.message_id.message_date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHeader(Header):
    """The header of the answered message, unchanged, and the return's own identification."""

    return_id: Annotated[str, Tag("IdentificatieRetour", "LDT_IdentificatieBericht")]
    return_date: Annotated[date, Tag("DagtekeningRetour", "LDT_Datum")]
    xslt_version: Annotated[str, Tag("XsltVersie", "LDT_Versie")] = ""
    return_xsd_version: Annotated[XsdVersion, Tag("XsdVersieRetour")] = field(
        default_factory=XsdVersion
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationAnswerHeader(Header):
    """A header of its own, that names the declaration it answers."""

    declaration_id: Annotated[MessageId, Tag("DeclaratieIdentificatie")]
    xslt_version: Annotated[str, Tag("XsltVersie", "LDT_Versie")] = ""
    declaration_xsd_version: Annotated[XsdVersion, Tag("XsdVersieDeclaratie")] = field(
        default_factory=XsdVersion
    )
