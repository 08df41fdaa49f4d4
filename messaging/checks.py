"""What must be right before messages are judged: the operator's code lists, schemas and hubs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from hoofdaannemer.core.checks import START
from messaging.exchange.transports import hubs
from messaging.istandaard import codelists, official


@register(START)
def code_lists(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each file in CODE_LISTS that is no code list."""
    return [
        Error(fault, hint="Mend the file or take it out of CODE_LISTS.", id="messaging.E001")
        for fault in codelists.faults()
    ]


@register(START)
def official_schemas(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each schema in OFFICIAL_SCHEMAS that cannot be used."""
    if not settings.OFFICIAL_SCHEMAS:
        return []
    hint = "Mend the folder OFFICIAL_SCHEMAS, or unset it."
    found = official.faults(Path(settings.OFFICIAL_SCHEMAS))
    return [Error(fault, hint=hint, id="messaging.E002") for fault in found]


@register(START)
def hub_connections(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for a file HUBS that cannot be used, or asks a certificate that nobody passes on."""
    hint = "Mend the file HUBS, or unset it."
    try:
        found = hubs.connections()
    except hubs.HubSettingsError as fault:
        return [Error(str(fault), hint=hint, id="messaging.E003")]
    asks = any(one.client_sha256 for one in found)
    if asks and not settings.CLIENT_CERTIFICATE_HEADER:
        text = "HUBS asks for certificates, and CLIENT_CERTIFICATE_HEADER is not set."
        return [Error(text, hint="Name the header of the proxy.", id="messaging.E004")]
    return []
