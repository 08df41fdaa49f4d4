"""Duties that are passed on, in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subcontracts.rules.flowdown import REPORT, Duty, Own, Passed, State
from subcontracts.rules.upward_terms import BY_NAME

_STATES: Final[dict[State, str | Promise]] = {
    State.BY_FIELD: gettext_lazy("a term of the subcontract"),
    State.WEAKER: gettext_lazy("a term that asks less than the municipality does"),
    State.MISSING: gettext_lazy("not passed on"),
}
_OWN: Final[dict[Own, str | Promise]] = {
    Own.ACCEPTANCE: gettext_lazy("acceptance duty, which the municipal contract does not ask"),
    Own.INACTIVITY: gettext_lazy(
        "end after months without care, which the municipal contract does not know"
    ),
}


def duty_text(duty: Duty) -> str:
    """A duty above as one reads it."""
    if duty.term == REPORT:
        return _("Report: %(name)s") % {"name": duty.name}
    if duty.term == "own_clauses":
        return duty.name
    if duty.term == "consent_duty":
        return _("No care passed on to others without consent")
    return str(BY_NAME[duty.term].label)


def state_text(one: Passed) -> str:
    """How a duty comes back in a subcontract."""
    if one.clause is not None:
        return _("clause %(code)s: %(title)s") % {
            "code": one.clause.code,
            "title": one.clause.title,
        }
    return str(_STATES[one.state])


def own_text(own: Own) -> str:
    """Something below without a cause above."""
    return str(_OWN[own])
