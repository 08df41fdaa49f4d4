"""What must be right before messages are judged: the operator's own code lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from hoofdaannemer.core.checks import START
from messaging.istandaard import codelists


@register(START)
def code_lists(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each file in CODE_LISTS that is no code list."""
    return [
        Error(fault, hint="Mend the file or take it out of CODE_LISTS.", id="messaging.E001")
        for fault in codelists.faults()
    ]
