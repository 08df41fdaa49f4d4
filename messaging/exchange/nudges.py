"""Which sweeps of the trays may be woken after a commit."""

from typing import Final

from hoofdaannemer.core.nudges import nudge

__all__ = ["SWEEP_INCOMING", "SWEEP_OUTGOING", "nudge"]

SWEEP_INCOMING: Final = "messaging.exchange.tasks.sweep_incoming"
SWEEP_OUTGOING: Final = "messaging.exchange.tasks.sweep_outgoing"
