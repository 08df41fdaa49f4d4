"""The StUF envelope of the GGk: version 02.10 (patch 4) on StUF 03.01, in SOAP 1.1.

Written after the published schemas `ggk0210_msg_ggkberichten.xsd` and
`ggk0210_stuf0301_msg_ggkberichten.xsd` and the service description
`ggk0210_OntvangAsynchroon_ggkberichten.wsdl`; docs/envelopes.md says what was not checked.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from messaging.exchange.transports import TransportError, faults
from messaging.exchange.transports.envelopes import (
    SUBVERSION,
    VERSION,
    Envelope,
    EnvelopeError,
    Fault,
    too_large,
)
from messaging.istandaard import Rejection, policy
from messaging.istandaard.model.messages import ANSWERS

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
STUF: Final = "http://www.egem.nl/StUF/StUF0301"
GGK: Final = "http://www.stufstandaarden.nl/koppelvlak/ggk0210"
XML: Final = "text/xml; charset=utf-8"
#: Message code → element, and the SOAP action that goes with it.
FORWARD, RETURN = "Di01", "Du01"
ELEMENTS: Final = {
    FORWARD: "envelopHeenbericht-ggk_Di01",
    RETURN: "envelopRetourbericht-ggk_Du01",
}
_CODES: Final = {f"{{{GGK}}}{name}": code for code, name in ELEMENTS.items()}
_LATER_FAULT: Final = f"{{{STUF}}}Fo01Bericht"
#: Not correct for the schema, or not for us: the code of the StUF standard.
_NOT_VALID: Final = "StUF055"
_OMSCHRIJVING: Final = 200
_MOMENT: Final = "%Y%m%d%H%M%S"
_FILE: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?xmlBestand\s*>")
_ALL_RETURNS: Final = frozenset(ANSWERS.values())


@dataclass(frozen=True, slots=True)
class Application:
    """Names and versions by which the two sides of a connection know each other."""

    own: str
    other: str
    version: str = "0001"
    subversion: str = "0001"


def action_of(code: str) -> str:
    """The SOAP action of a message code."""
    return f"{GGK}/ggk_{code}"


def code_for(envelope: Envelope) -> str:
    """Du01 for an answer to something that came by a hub, else Di01.

    A Du01 must name what it answers; an answer to what did not come by a hub has nothing to name.
    """
    is_return = envelope.kind[-3:] in _ALL_RETURNS
    return RETURN if is_return and envelope.answers else FORWARD


def encode(envelope: Envelope, application: Application) -> bytes:
    """The SOAP request that carries a message."""
    code = code_for(envelope)
    root, body = _soap()
    outer = etree.SubElement(body, f"{{{GGK}}}{ELEMENTS[code]}", nsmap={"GGK": GGK, "StUF": STUF})
    header = etree.SubElement(outer, f"{{{GGK}}}stuurgegevens")
    _texts(header, [("berichtcode", code)])
    _system(header, "zender", envelope.sender, application.own)
    _system(header, "ontvanger", envelope.receiver, application.other)
    _texts(header, [("referentienummer", envelope.reference), ("tijdstipBericht", _now(envelope))])
    if code == RETURN:
        _texts(header, [("crossRefnummer", envelope.answers)])
    _texts(header, [("functie", envelope.kind)])
    parameters = etree.SubElement(outer, f"{{{GGK}}}parameters")
    versions = [
        ("applicatieVersie", application.version),
        ("applicatieSubversie", application.subversion),
        ("functieVersie", f"{VERSION:04}"),
        ("functieSubversie", f"{SUBVERSION:04}"),
    ]
    _texts(parameters, versions, namespace=GGK)
    message = etree.SubElement(parameters, f"{{{GGK}}}bericht")
    file = etree.SubElement(message, f"{{{GGK}}}xmlBestand")
    file.text = base64.b64encode(envelope.payload).decode("ascii")
    return _written(root)


def decode(data: bytes) -> Envelope | Fault:
    """What a hub delivers: a message in its envelope, or the fault of an earlier one.

    Raises EnvelopeError. The text of the payload is cut out first: what is left is small, and is
    held to the input policy of messages.
    """
    too_large(data)
    skeleton, text = _cut(data)
    if len(skeleton) > policy.LARGE:
        raise EnvelopeError("too_large", "", _("The envelope without its message is too large."))
    inner = _inner(_admitted(skeleton))
    if inner.tag == _LATER_FAULT:
        return _fault(inner)
    if inner.tag not in _CODES:
        raise EnvelopeError("envelope", "", _("This is no Di01, Du01 or Fo01 of the GGk."))
    return _opened(inner, text)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The envelope with an empty payload, and the payload as it stood there."""
    begin = _FILE.search(data)
    if begin is None:
        return data, b""
    end = data.find(b"<", begin.end())
    end = len(data) if end < 0 else end
    return data[: begin.end()] + data[end:], data[begin.end() : end]


def _admitted(skeleton: bytes) -> etree._Element:
    root = policy.admit(skeleton)
    if isinstance(root, Rejection):
        raise EnvelopeError(root.code, root.path, str(root.message))
    return root


def _inner(root: etree._Element) -> etree._Element:
    """The one element in the SOAP body; the envelope itself where there is no SOAP around it."""
    if root.tag != f"{{{SOAP}}}Envelope":
        return root
    found = root.findall(f"{{{SOAP}}}Body/*")
    if len(found) != 1:
        raise EnvelopeError("envelope", "Body", _("The SOAP body holds no single message."))
    return found[0]


def _opened(inner: etree._Element, text: bytes) -> Envelope:
    header = inner.find(f"{{{GGK}}}stuurgegevens")
    reference = _text(header, "referentienummer")
    code = _text(header, "berichtcode")
    if code != _CODES[inner.tag]:
        reason = _("The message code %(code)s does not fit the envelope.")
        raise EnvelopeError(
            "envelope", "berichtcode", reason % {"code": code[:10]}, reference=reference
        )
    return Envelope(
        kind=_text(header, "functie"),
        sender=_text(header, "zender", "organisatie"),
        receiver=_text(header, "ontvanger", "organisatie"),
        reference=reference,
        answers=_text(header, "crossRefnummer"),
        sent_at=_moment(_text(header, "tijdstipBericht"), reference),
        payload=_payload(inner, text, reference),
    )


def _payload(inner: etree._Element, text: bytes, reference: str) -> bytes:
    files = inner.findall(f"{{{GGK}}}parameters/{{{GGK}}}bericht/{{{GGK}}}xmlBestand")
    whole = [file for file in inner.iter("{*}xmlBestand") if not file.text and not len(file)]
    if len(files) != 1 or whole != files:
        reason = _("The envelope must hold one message as xmlBestand.")
        raise EnvelopeError("payload", "xmlBestand", reason, reference=reference)
    try:
        payload = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        payload = b""
    if not payload:
        reason = _("The message in the envelope is no base64, or is empty.")
        raise EnvelopeError("payload", "xmlBestand", reason, reference=reference)
    return payload


def _moment(text: str, reference: str) -> datetime:
    """`tijdstipBericht`: date and time, perhaps with thousandths; local time."""
    try:
        return timezone.make_aware(datetime.strptime(text[:14], _MOMENT))  # noqa: DTZ007
    except ValueError:
        reason = _("The moment of the envelope (tijdstipBericht) is none.")
        raise EnvelopeError("sent_at", "tijdstipBericht", reason, reference=reference) from None


def _fault(inner: etree._Element) -> Fault:
    header = inner.find(f"{{{STUF}}}stuurgegevens")
    return Fault(
        code=faults.as_code(_text(inner.find(f"{{{STUF}}}body"), "code")),
        answers=_text(header, "crossRefnummer"),
        reference=_text(header, "referentienummer"),
    )


def receipt(envelope: Envelope | Fault, reference: str, application: Application) -> bytes:
    """The Bv03: we have it. `reference` is that of the receipt, the same at each repetition."""
    root, body = _soap()
    outer = etree.SubElement(body, f"{{{STUF}}}Bv03Bericht", nsmap={"StUF": STUF})
    header = etree.SubElement(outer, f"{{{STUF}}}stuurgegevens")
    _texts(header, [("berichtcode", "Bv03")])
    if isinstance(envelope, Envelope):
        _system(header, "zender", envelope.receiver, application.own)
        _system(header, "ontvanger", envelope.sender, application.other)
    moment = timezone.localtime().strftime(_MOMENT)
    named = [("referentienummer", reference), ("tijdstipBericht", moment)]
    _texts(header, [*named, ("crossRefnummer", envelope.reference)])
    return _written(root)


def refusal(error: EnvelopeError) -> bytes:
    """The Fo03 in a SOAP fault: what came cannot be taken, and will not be later."""
    root, body = _soap()
    fault = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "SOAP-ENV:Client"
    etree.SubElement(fault, "faultstring").text = _short(error.message)
    detail = etree.SubElement(fault, "detail")
    outer = etree.SubElement(detail, f"{{{STUF}}}Fo03Bericht", nsmap={"StUF": STUF})
    header = etree.SubElement(outer, f"{{{STUF}}}stuurgegevens")
    _texts(header, [("berichtcode", "Fo03")])
    if error.reference:
        _texts(header, [("crossRefnummer", _short(error.reference))])
    inner = etree.SubElement(outer, f"{{{STUF}}}body")
    said = [("code", _NOT_VALID), ("plek", "client"), ("omschrijving", _short(error.message))]
    _texts(inner, [*said, ("details", f"{error.code} {error.path}".strip())])
    return _written(root)


def check_receipt(status: int, answer: bytes, reference: str) -> None:
    """Raises RefusedError or TransportError unless the answer is the Bv03 of this reference.

    A code of the lists is final. Of other faults the place decides: `client` will go wrong again,
    `server` may go right later.
    """
    root = policy.admit(answer) if len(answer) <= policy.LARGE else None
    if root is None or isinstance(root, Rejection):
        text = _("The hub answered with status %(status)s and no receipt.")
        raise TransportError(text % {"status": status})
    fault = next(root.iter(f"{{{STUF}}}Fo03Bericht", _LATER_FAULT), None)
    if fault is not None:
        _refused(fault)
    given = root.find(f".//{{{STUF}}}Bv03Bericht/{{{STUF}}}stuurgegevens")
    if status != 200 or _text(given, "crossRefnummer") != reference:
        text = _("The hub answered with status %(status)s and no receipt.")
        raise TransportError(text % {"status": status})


def _refused(fault: etree._Element) -> None:
    body = fault.find(f"{{{STUF}}}body")
    code = faults.as_code(_text(body, "code"))
    if faults.is_known(code) or _text(body, "plek").lower() == "client":
        raise faults.refusal(code)
    text = _("The hub could not take it now (code %(code)s).")
    raise TransportError(text % {"code": code})


def _soap() -> tuple[etree._Element, etree._Element]:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"SOAP-ENV": SOAP})
    return root, etree.SubElement(root, f"{{{SOAP}}}Body")


def _system(header: etree._Element, name: str, organisation: str, application: str) -> None:
    system = etree.SubElement(header, f"{{{STUF}}}{name}")
    _texts(system, [("organisatie", organisation), ("applicatie", application)])


def _texts(parent: etree._Element, pairs: list[tuple[str, str]], *, namespace: str = STUF) -> None:
    for name, text in pairs:
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = text


def _text(parent: etree._Element | None, *path: str) -> str:
    """The text of a StUF element; nothing where it is missing."""
    if parent is None:
        return ""
    return (parent.findtext("/".join(f"{{{STUF}}}{name}" for name in path)) or "").strip()


def _now(envelope: Envelope) -> str:
    return timezone.localtime(envelope.sent_at).strftime(_MOMENT)


def _short(text: str) -> str:
    return text[:_OMSCHRIJVING]


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
