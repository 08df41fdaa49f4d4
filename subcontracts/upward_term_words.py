"""What a municipal contract says, in words: on its page, in a document, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import period_of, volume
from subcontracts.models import MunicipalContract
from subcontracts.rules.contracttext import ContractText, Section
from subcontracts.rules.upward_terms import (
    GROUPS,
    Group,
    Kind,
    Term,
    Value,
    Values,
    of_group,
)
from subcontracts.selectors.divisions import shares_on

#: What stands where the contract says nothing, or nobody knows what it says.
UNKNOWN: Final = gettext_lazy("unknown or not agreed")


def value_text(term: Term, value: Value | None) -> str:
    """What was agreed, as one reads it."""
    if value is None:
        return str(UNKNOWN)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(str(term.choices.get(one, one)) for one in value)
    if term.kind is Kind.PERCENT:
        return f"{volume(Decimal(value))} %"
    return str(term.choices.get(str(value), value))


def groups_for(scope: Scope) -> list[Group]:
    """The headings that somebody reads: money is not for the quality officer."""
    hidden = {Group.MONEY} if scope.role == Role.QUALITY_OFFICER else set()
    return [group for group in GROUPS if group not in hidden]


def sections(values: Values, groups: Iterable[Group]) -> list[Section]:
    """All terms under their headings, also those of which nothing is known."""
    return [
        Section(
            str(GROUPS[group]),
            [
                (str(term.label), value_text(term, values.get(term.name)))
                for term in of_group(group)
            ],
        )
        for group in groups
    ]


def agreed(values: Values, groups: Iterable[Group]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What was agreed under each heading, and in one line what is unknown or was not agreed."""
    found = []
    for group in groups:
        terms = of_group(group)
        rows = [
            (str(term.label), value_text(term, values[term.name]))
            for term in terms
            if term.name in values
        ]
        unknown = [str(term.label) for term in terms if term.name not in values]
        if unknown:
            rows.append((capfirst(str(UNKNOWN)), "; ".join(unknown)))
        found.append((str(GROUPS[group]), rows))
    return found


def text_of(contract: MunicipalContract, values: Values, day: date) -> ContractText:
    """The municipal contract as a document; municipalities and shares as they hold on a day."""
    general = Section(
        _("The contract"),
        [
            (_("Number"), contract.number),
            (_("Law"), contract.get_family_display()),
            (_("Period"), period_of(contract.start_date, contract.end_date)),
            (_("Budget form"), contract.form_text(day.year)),
        ],
    )
    # As facts, not as a table: this is a report of what was agreed, and not to be signed.
    shares = Section(
        _("Municipalities"),
        [
            (part.municipality.name, f"{volume(percent)} %")
            for part, percent in shares_on(contract, day)
        ],
    )
    return ContractText(contract.name, [general, shares, *sections(values, GROUPS)])
