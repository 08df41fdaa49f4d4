"""Which duties of a municipal contract come back in a subcontract, and what has no cause above.

Pure: the facts are gathered in `selectors.flowdown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from subcontracts.rules.upward_terms import Values

#: Before the number of a reporting duty, or the text of an own clause, in the key of a duty.
REPORT: Final = "report"
OWN: Final = "own"
#: Terms that are a duty to pass on wherever something was agreed.
_WHERE_AGREED: Final = (
    "acceptance_exceptions",
    "exclusions",
    "stop_rules",
    "waiting_norms",
    "qualification_proof_level",
    "index_rule",
)
#: Terms that are a duty where the answer is yes.
_WHERE_YES: Final = ("acceptance_duty", "bridging", "survey_required")


class State(StrEnum):
    """How a duty above comes back below."""

    BY_FIELD = "by_field"
    BY_CLAUSE = "by_clause"
    WEAKER = "weaker"
    MISSING = "missing"


class Own(StrEnum):
    """Something below that is no clause, without a cause above."""

    ACCEPTANCE = "acceptance_duty"
    INACTIVITY = "inactivity_months"


@dataclass(frozen=True)
class Report:
    """A reporting duty that is asked of subcontractors too."""

    pk: int
    name: str


@dataclass(frozen=True)
class Duty:
    """One duty above: `key` names it for good; `term` is where it stands, `name` its own name."""

    key: str
    term: str
    name: str = ""


@dataclass(frozen=True)
class Clause:
    """A clause below in force, and the key of the duty that it says it passes on, if any."""

    code: str
    title: str
    passes_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Below:
    """What a subcontract holds."""

    has_acceptance_duty: bool
    inactivity_months: int | None
    may_subcontract: bool
    is_indexed: bool
    clauses: Sequence[Clause] = ()


@dataclass(frozen=True)
class Passed:
    """A duty above, and how it comes back."""

    duty: Duty
    state: State
    clause: Clause | None = None


def duties(values: Values, reports: Iterable[Report]) -> list[Duty]:
    """What must be passed on, each once, in the order of the terms; reports and own clauses last.

    What is unknown or not agreed is no duty.
    """
    found = [Duty(name, name) for name in _WHERE_YES if values.get(name) is True]
    found += [Duty(name, name) for name in _WHERE_AGREED if values.get(name)]
    if values.get("inactivity_months"):
        found.append(Duty("inactivity_months", "inactivity_months"))
    # A subcontractor that passes care on brings in somebody to whom nobody consented.
    if values.get("consent_duty", "none") != "none":
        found.append(Duty("consent_duty", "consent_duty"))
    found += [Duty(f"{REPORT}:{one.pk}", REPORT, one.name) for one in reports]
    own = values.get("own_clauses", [])
    texts = own if isinstance(own, list) else []
    found += [Duty(f"{OWN}:{text}", "own_clauses", text) for text in dict.fromkeys(texts)]
    return found


def passed_on(duties_above: Sequence[Duty], values: Values, below: Below) -> list[Passed]:
    """Each duty once, with how it comes back in one subcontract."""
    return [_passed(duty, values, below) for duty in duties_above]


def _passed(duty: Duty, values: Values, below: Below) -> Passed:
    for clause in below.clauses:
        if clause.passes_on == duty.key:
            return Passed(duty, State.BY_CLAUSE, clause)
    return Passed(duty, _by_field(duty, values, below))


def _by_field(duty: Duty, values: Values, below: Below) -> State:
    """How the fields of a subcontract pass a duty on where no clause does."""
    if duty.key == "inactivity_months":
        return _inactivity(values, below)
    held: Mapping[str, bool] = {
        "acceptance_duty": below.has_acceptance_duty,
        "consent_duty": not below.may_subcontract,
        "index_rule": below.is_indexed,
    }
    return State.BY_FIELD if held.get(duty.key, False) else State.MISSING


def _inactivity(values: Values, below: Below) -> State:
    if below.inactivity_months is None:
        return State.MISSING
    above = values["inactivity_months"]
    # Who may wait longer below pays for what has ended above.
    is_kept = isinstance(above, int) and below.inactivity_months <= above
    return State.BY_FIELD if is_kept else State.WEAKER


def without_cause(duties_above: Sequence[Duty], below: Below) -> tuple[list[Clause], list[Own]]:
    """Clauses that pass on nothing that is above, and fields that ask more than is asked above."""
    keys = {duty.key for duty in duties_above}
    clauses = [clause for clause in below.clauses if clause.passes_on not in keys]
    fields = []
    if below.has_acceptance_duty and "acceptance_duty" not in keys:
        fields.append(Own.ACCEPTANCE)
    if below.inactivity_months is not None and "inactivity_months" not in keys:
        fields.append(Own.INACTIVITY)
    return clauses, fields
