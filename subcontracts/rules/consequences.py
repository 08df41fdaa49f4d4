"""What follows when a term passes, and which is worse."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.istandaard.model.elements import Family


class Consequence(IntEnum):
    """The gravest first: what touches a resident, what binds, what only has to be asked or told."""

    #: The municipality passes starts and stops on to the CAK, which asks the contribution (OP369).
    CONTRIBUTION = 1
    WAITING = 2
    SILENCE = 3
    CHASE = 4
    LATE_NEWS = 5
    #: The contract uses messages to steer by only: nothing follows for anybody.
    STEERING = 6


TEXTS: Final[dict[Consequence, str | Promise]] = {
    Consequence.CONTRIBUTION: _("touches the own contribution (CAK)"),
    Consequence.WAITING: _("client waits for care"),
    Consequence.SILENCE: _("silence is acceptance"),
    Consequence.CHASE: _("ask the municipality"),
    Consequence.LATE_NEWS: _("the municipality learns it late"),
    Consequence.STEERING: _("none: messages are for steering only"),
}

_BY_KIND: Final = {
    "place": Consequence.WAITING,
    "reply": Consequence.SILENCE,
    "answer": Consequence.CHASE,
    "reask": Consequence.WAITING,
}


def of_term(kind: str, family: str, *, steers: bool = False) -> Consequence:
    """What follows when this kind of term passes; a start or stop weighs by the law.

    `steers`: messages under the contract are for steering only.
    """
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if steers:
        return Consequence.STEERING
    # Youth help knows no contribution of the resident.
    return Consequence.CONTRIBUTION if family == Family.WMO else Consequence.LATE_NEWS
