"""What must be right before messages are judged: the operator's code lists and schemas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from hoofdaannemer.core.checks import START
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
