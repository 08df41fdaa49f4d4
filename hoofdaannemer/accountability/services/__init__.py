"""Every write of accountability: asking and building, judging, publishing."""

from hoofdaannemer.accountability.services.building import (
    ask_report,
    build,
    build_report,
    checked_end,
    claim,
    computed,
)
from hoofdaannemer.accountability.services.judging import explain, review, send_back
from hoofdaannemer.accountability.services.publishing import publish, record_receipt
from hoofdaannemer.accountability.services.showing import shown_now

__all__ = [
    "ask_report",
    "build",
    "build_report",
    "checked_end",
    "claim",
    "computed",
    "explain",
    "publish",
    "record_receipt",
    "review",
    "send_back",
    "shown_now",
]
