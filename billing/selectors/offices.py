"""What an office has to do for its practices in a month, each read under its own mandate.

A practice is read as it would read itself, in a scope of its own: so the database gives nothing
of whoever gave no mandate, and no query holds the clients of two practices. It costs a fixed
number of queries a practice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from billing.models import Dispute
from billing.models.disputes import Side
from billing.selectors.fte_reports import open_months
from billing.selectors.month_cards import cards, hand_in_by
from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as


@dataclass(frozen=True)
class Practice:
    """Where one practice stands in a month; numbers only, nothing of a client."""

    mandate: OfficeMandate
    #: Clients for whom a number or a reason is to be handed in, and lines that came back.
    to_fill: int
    returned: int
    #: Clients whose line was approved, or of whom was said that there was no care.
    done: int
    #: FTE reports of months that ended, and answers to its questions that wait for a reaction.
    reports: int
    answers: int
    due: date

    @property
    def name(self) -> str:
        """Of the practice."""
        return self.mandate.provider_organisation.name

    @property
    def is_to_declare(self) -> bool:
        """Whether its month page asks for something."""
        return bool(self.to_fill or self.returned)


def mandates_of(scope: Scope) -> list[OfficeMandate]:
    """The mandates under which the office may act now, by name of who gave them."""
    rows = OfficeMandate.objects.visible_to(scope).in_force(scope.at).light()
    return list(
        rows.select_related("provider_organisation").order_by("provider_organisation__name", "pk")
    )


def practices(scope: Scope, month: Month) -> list[Practice]:
    """Every practice of the office in a month, by name."""
    return [_practice(scope, mandate, month) for mandate in mandates_of(scope)]


def next_to_declare(scope: Scope, month: Month, after: int) -> OfficeMandate | None:
    """The next practice whose month asks for something, in a circle from the mandate `after`.

    None where only `after` itself, or nobody, has something to do.
    """
    for mandate in _from(mandates_of(scope), after):
        if mandate.pk != after and _practice(scope, mandate, month).is_to_declare:
            return mandate
    return None


def _from(mandates: Sequence[OfficeMandate], after: int) -> Iterator[OfficeMandate]:
    at = next((place for place, one in enumerate(mandates) if one.pk == after), -1)
    yield from mandates[at + 1 :]
    yield from mandates[: at + 1]


def _practice(scope: Scope, mandate: OfficeMandate, month: Month) -> Practice:
    acting = selectors.scope_under(mandate, scope.user_id, scope.at)
    covered = acting.subjects
    with acting_as(acting):
        found = cards(acting, month) if Subject.DECLARE in covered else []
        reports = open_months(acting) if Subject.FTE in covered else []
        answers = (
            Dispute.objects.visible_to(acting).waiting_for(Side.SUBCONTRACTOR).count()
            if Subject.DISPUTES in covered
            else 0
        )
    settled = [card for card in found if card.no_care or (card.approved and not card.rejected)]
    done = len(settled)
    returned = sum(1 for card in found if card.rejected and not card.no_care)
    return Practice(
        mandate=mandate,
        to_fill=len(found) - returned - done,
        returned=returned,
        done=done,
        reports=sum(1 for one in reports if one.month < Month.of(scope.today)),
        answers=answers,
        due=hand_in_by(month),
    )
