"""What a municipal contract can say: one list of terms, with their kinds and bounds.

One list for the form on the page, the check before storing (`upward_versions`), the contract as a
document, and the words that people read. A term that is unknown or not agreed is not among the
stored values: nothing is taken for granted where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from subcontracts.rules.upward_choices import CHOICES

#: A stored value: percent as text with two decimals, a whole number, yes or no, a text or choice,
#: or a list of texts or choices.
Value = str | int | bool | list[str]
Values = Mapping[str, Value]

LONGEST_TEXT: Final = 1000
LONGEST_ITEM: Final = 200
MOST_ITEMS: Final = 50


class Kind(Enum):
    """How a term is typed in and stored."""

    PERCENT = "percent"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    TEXT = "text"
    TEXTS = "texts"


class Group(StrEnum):
    """Under which heading a term stands."""

    MONEY = "money"
    TASK = "task"
    ACCESS = "access"
    CARE = "care"
    SUBCONTRACTING = "subcontracting"
    ACCOUNTABILITY = "accountability"


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing that a municipal contract can say; `least` and `most` are allowed themselves."""

    name: str
    group: Group
    kind: Kind
    label: str | Promise
    help: str | Promise = ""
    least: int = 0
    most: int | None = None

    @property
    def choices(self) -> Mapping[str, str | Promise]:
        """What can be chosen, with its words; empty for a term without choices."""
        return CHOICES.get(self.name, {})


_MONEY: Final = (
    Term(
        name="funding_base",
        group=Group.MONEY,
        kind=Kind.CHOICE,
        label=gettext_lazy("The budget is calculated from"),
    ),
    Term(
        name="funding_rhythm", group=Group.MONEY, kind=Kind.CHOICE, label=gettext_lazy("Paid each")
    ),
    Term(
        name="settlement_basis",
        group=Group.MONEY,
        kind=Kind.CHOICE,
        label=gettext_lazy("Settled by"),
    ),
    Term(
        name="pxq_basis",
        group=Group.MONEY,
        kind=Kind.CHOICE,
        label=gettext_lazy("What is paid by the unit, is paid for"),
    ),
    Term(
        name="solidarity_key",
        group=Group.MONEY,
        kind=Kind.CHOICE,
        label=gettext_lazy("Municipalities share costs by"),
    ),
    Term(
        name="profit_cap_percent",
        group=Group.MONEY,
        kind=Kind.PERCENT,
        label=gettext_lazy("Most profit"),
        help=gettext_lazy("Percent of the yearly budget."),
        most=100,
    ),
    Term(
        name="surplus_rule",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("What a surplus is for"),
    ),
    Term(
        name="deficit_rule",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("Who bears a deficit"),
    ),
    Term(
        name="under_use_rule",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("What follows where the budget is not used up"),
    ),
    Term(
        name="caseload_correction",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("Correction for the caseload"),
    ),
    Term(
        name="recalibration",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("When and how the budget is set anew"),
    ),
    Term(
        name="pgb_deducted",
        group=Group.MONEY,
        kind=Kind.YES_NO,
        label=gettext_lazy("Personal budgets are deducted from the budget"),
    ),
    Term(
        name="index_rule",
        group=Group.MONEY,
        kind=Kind.TEXT,
        label=gettext_lazy("How the budget is indexed"),
    ),
    Term(
        name="non_client_lines",
        group=Group.MONEY,
        kind=Kind.TEXTS,
        label=gettext_lazy("Paid without a client"),
        help=gettext_lazy("Such as a team of experts, or being available."),
    ),
)
_TASK: Final = (
    Term(name="areas", group=Group.TASK, kind=Kind.TEXTS, label=gettext_lazy("Areas")),
    Term(
        name="target_groups", group=Group.TASK, kind=Kind.TEXTS, label=gettext_lazy("Target groups")
    ),
    Term(
        name="exclusions",
        group=Group.TASK,
        kind=Kind.TEXTS,
        label=gettext_lazy("Not part of the task"),
        help=gettext_lazy(
            "Such as care for dyslexia, or care that is bought for the whole country."
        ),
    ),
    Term(
        name="code_count",
        group=Group.TASK,
        kind=Kind.NUMBER,
        label=gettext_lazy("Number of product codes"),
        most=9999,
    ),
    Term(
        name="transition_from",
        group=Group.TASK,
        kind=Kind.TEXT,
        label=gettext_lazy("Comes in the place of"),
        help=gettext_lazy("How it was bought before."),
    ),
    Term(
        name="transition_to",
        group=Group.TASK,
        kind=Kind.TEXT,
        label=gettext_lazy("Is meant to become"),
        help=gettext_lazy("How parties want to work later."),
    ),
)
_ACCESS: Final = (
    Term(name="refers", group=Group.ACCESS, kind=Kind.CHOICES, label=gettext_lazy("Who refers")),
    Term(
        name="decides",
        group=Group.ACCESS,
        kind=Kind.CHOICE,
        label=gettext_lazy("Who decides about access"),
        help=gettext_lazy(
            "Who allocates in this system is set apart, on the page of the contract."
        ),
    ),
    Term(
        name="access_mandate",
        group=Group.ACCESS,
        kind=Kind.TEXT,
        label=gettext_lazy("Mandate for it"),
        help=gettext_lazy("Which decision gives it, and how far it goes."),
    ),
    Term(
        name="allocation_kinds",
        group=Group.ACCESS,
        kind=Kind.CHOICES,
        label=gettext_lazy("Kinds of allocations"),
    ),
)
_CARE: Final = (
    Term(
        name="acceptance_duty",
        group=Group.CARE,
        kind=Kind.YES_NO,
        label=gettext_lazy("Acceptance duty"),
    ),
    Term(
        name="acceptance_exceptions",
        group=Group.CARE,
        kind=Kind.TEXTS,
        label=gettext_lazy("Exceptions to the acceptance duty"),
    ),
    Term(
        name="bridging",
        group=Group.CARE,
        kind=Kind.YES_NO,
        label=gettext_lazy("Bridging care for who waits"),
    ),
    Term(
        name="waiting_norms",
        group=Group.CARE,
        kind=Kind.TEXT,
        label=gettext_lazy("How long one may wait"),
    ),
    Term(
        name="stop_rules",
        group=Group.CARE,
        kind=Kind.TEXT,
        label=gettext_lazy("When care stops"),
        help=gettext_lazy("Such as: goals reached, 18 years old, or an indication for the Wlz."),
    ),
    Term(
        name="inactivity_months",
        group=Group.CARE,
        kind=Kind.NUMBER,
        label=gettext_lazy("Months without care after which it ends"),
        least=1,
        most=60,
    ),
    Term(
        name="inactivity_effect",
        group=Group.CARE,
        kind=Kind.CHOICE,
        label=gettext_lazy("What then happens to the contract"),
    ),
)
_SUBCONTRACTING: Final = (
    Term(
        name="consent_duty",
        group=Group.SUBCONTRACTING,
        kind=Kind.CHOICE,
        label=gettext_lazy("Consent of the municipality to a subcontractor"),
    ),
    Term(
        name="subcontractor_limit",
        group=Group.SUBCONTRACTING,
        kind=Kind.NUMBER,
        label=gettext_lazy("Most subcontractors at one time"),
        most=9999,
    ),
    Term(
        name="sub_share_max_percent",
        group=Group.SUBCONTRACTING,
        kind=Kind.PERCENT,
        label=gettext_lazy("Most that goes to subcontractors"),
        help=gettext_lazy("Percent of the yearly budget."),
        most=100,
    ),
    Term(
        name="own_delivery_min_percent",
        group=Group.SUBCONTRACTING,
        kind=Kind.PERCENT,
        label=gettext_lazy("Least that the main contractor delivers itself"),
        help=gettext_lazy("Percent of the yearly budget."),
        most=100,
    ),
    Term(
        name="division_effect",
        group=Group.SUBCONTRACTING,
        kind=Kind.CHOICE,
        label=gettext_lazy("When placing goes against this division"),
        help=gettext_lazy("Where nothing was agreed, whoever places is warned."),
    ),
    Term(
        name="qualification_proof_level",
        group=Group.SUBCONTRACTING,
        kind=Kind.CHOICE,
        label=gettext_lazy("How qualifications are shown"),
    ),
    Term(
        name="visibility_of_subs",
        group=Group.SUBCONTRACTING,
        kind=Kind.CHOICE,
        label=gettext_lazy("What the municipality sees of subcontractors"),
    ),
    Term(
        name="own_clauses",
        group=Group.SUBCONTRACTING,
        kind=Kind.TEXTS,
        label=gettext_lazy("Other duties to pass on to subcontractors"),
        help=gettext_lazy("Each must come back in a clause of every subcontract."),
    ),
)
_ACCOUNTABILITY: Final = (
    Term(
        name="talks",
        group=Group.ACCOUNTABILITY,
        kind=Kind.TEXTS,
        label=gettext_lazy("Talks"),
        help=gettext_lazy("With whom and how often, such as: account manager, every two weeks."),
    ),
    Term(
        name="survey_required",
        group=Group.ACCOUNTABILITY,
        kind=Kind.YES_NO,
        label=gettext_lazy("A survey among clients is required"),
    ),
    Term(
        name="dispute_ladder",
        group=Group.ACCOUNTABILITY,
        kind=Kind.TEXTS,
        label=gettext_lazy("Steps in a dispute"),
        help=gettext_lazy("In their order, such as: local team, municipality, court."),
    ),
)
TERMS: Final = (*_MONEY, *_TASK, *_ACCESS, *_CARE, *_SUBCONTRACTING, *_ACCOUNTABILITY)
BY_NAME: Final[Mapping[str, Term]] = MappingProxyType({term.name: term for term in TERMS})
GROUPS: Final[Mapping[Group, str | Promise]] = MappingProxyType(
    {
        Group.MONEY: gettext_lazy("Money"),
        Group.TASK: gettext_lazy("The task"),
        Group.ACCESS: gettext_lazy("Access to care"),
        Group.CARE: gettext_lazy("Care"),
        Group.SUBCONTRACTING: gettext_lazy("Subcontractors"),
        Group.ACCOUNTABILITY: gettext_lazy("Accountability"),
    }
)


def of_group(group: Group) -> list[Term]:
    """The terms under a heading, in their order."""
    return [term for term in TERMS if term.group is group]
