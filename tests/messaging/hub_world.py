"""Connections with a hub for the tests, and what a hub says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from messaging.exchange.transports import stuf
from messaging.exchange.transports.envelopes import Envelope
from tests.messaging.hub_server import Hub, Request

TOKEN = "what-the-hub-shows"
APPLICATION = stuf.Application("Hoofdaannemer", "GGk")
REFERENCE = "9c0f7b90-5c69-41e5-a837-0800200c9a66"


def connection(hub: str, url: str, files: dict[str, Path], **changes: Any) -> str:
    """A table of the settings file."""
    extra: dict[str, Any] = {
        "ggk": {"application": "Hoofdaannemer", "other_application": "GGk"},
        "vecozo": {"own_role": "Instelling", "other_role": "Gemeente"},
    }[hub]
    values: dict[str, Any] = {
        "hub": hub,
        "main_contractor": "10000001",
        "url": url,
        "timeout": 5,
        "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
        **{name: str(path) for name, path in files.items()},
        **extra,
        **changes,
    }
    lines = [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
    if hub == "vecozo":
        lines.append('actions = {JW305 = "MeldenStart", JW302 = "Retour"}')
    return "\n".join(["[[connection]]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def delivered(payload: bytes, **changes: Any) -> Envelope:
    """What the town sends by the GGk to the main contractor."""
    values: dict[str, Any] = {
        "kind": "JW301",
        "sender": "0307",
        "receiver": "98000001",
        "reference": REFERENCE,
        "payload": payload,
        **changes,
    }
    return Envelope(**values)


def receipt(request: Request) -> tuple[int, str, bytes]:
    """The Bv03 of a hub."""
    opened = stuf.decode(request.body)
    answer = stuf.receipt(opened, "b6e9f182-bc44-4f27-9863-9a5ccc1e1cf0", APPLICATION)
    return 200, stuf.XML, answer


def fault(code: str, place: str = "client") -> Any:
    """An answer of a hub: a Fo03 with this code."""

    def answer(_request: Request) -> tuple[int, str, bytes]:
        return 500, stuf.XML, fault_text(code, place, "Fo03", "").encode()

    return answer


def fault_text(code: str, place: str, kind: str, about: str) -> str:
    """A Fo01 or Fo03 in SOAP, as the published example writes it."""
    inner = f"""<StUF:{kind}Bericht xmlns:StUF="{stuf.STUF}"><StUF:stuurgegevens>
      <StUF:berichtcode>{kind}</StUF:berichtcode>
      <StUF:referentienummer>78002f23-5bc5-4e3e-96ad-1d209d32a5d5</StUF:referentienummer>
      <StUF:tijdstipBericht>20160421144534</StUF:tijdstipBericht>
      <StUF:crossRefnummer>{about}</StUF:crossRefnummer></StUF:stuurgegevens>
      <StUF:body><StUF:code>{code}</StUF:code><StUF:plek>{place}</StUF:plek>
      <StUF:omschrijving>Kanarie 999900006</StUF:omschrijving></StUF:body></StUF:{kind}Bericht>"""
    if kind == "Fo03":
        inner = (
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring>"
            f"<detail>{inner}</detail></s:Fault>"
        )
    return f'<s:Envelope xmlns:s="{stuf.SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'


def silent(_request: Request) -> None:
    """The hub takes it, and the line breaks before its receipt."""


def last(hub: Hub) -> Request:
    return hub.requests[-1]
