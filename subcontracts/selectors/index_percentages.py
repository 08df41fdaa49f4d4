"""How each subcontract stands to indexation on a day, and the percentage of each scheme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    IndexFigure,
    IndexRoundLine,
    IndexScheme,
    IndexTerms,
    IndexWeight,
    Subcontract,
    SubcontractIndexing,
)
from subcontracts.rules import indexing
from subcontracts.rules.index_lines import Contract

_RUNNING: Final = (
    Subcontract.Status.SIGNED,
    Subcontract.Status.ACTIVE,
    Subcontract.Status.ENDING,
)


@dataclass(frozen=True)
class Percentage:
    """What a set of terms gives in the year, with or without correction of the last."""

    terms: IndexTerms
    corrects: bool
    figures: Sequence[indexing.Figures]
    outcome: indexing.Outcome


@dataclass(frozen=True)
class Before:
    """What was indexed: products, lines and ceilings in this year, contracts ever, and where a line
    came from.
    """

    tariffs: frozenset[tuple[int, int]]
    lines: frozenset[int]
    #: Of which contracts.
    ceilings: frozenset[int]
    contracts: frozenset[int]
    origins: Mapping[int, int]

    @classmethod
    def read(cls, scope: Scope, main_contractor_id: int, year: int) -> Before:
        """In one query."""
        applied = list(
            IndexRoundLine.objects.visible_to(scope)
            .filter(main_contractor=main_contractor_id, is_applied=True)
            .only("subcontract_id", "product_id", "origin_id", "is_ceiling", "new_line_id", "year")
        )
        this_year = [one for one in applied if one.year == year]
        return cls(
            frozenset((one.subcontract_id, one.product_id) for one in this_year if one.product_id),
            frozenset(one.origin_id for one in this_year if one.origin_id),
            frozenset(one.subcontract_id for one in this_year if one.is_ceiling),
            frozenset(one.subcontract_id for one in applied),
            {
                one.new_line_id: one.origin_id
                for one in applied
                if one.new_line_id and one.origin_id
            },
        )


@dataclass(frozen=True)
class Followed:
    """How a subcontract stands on the day."""

    contract: Contract
    percentage: Percentage | None
    decimals: int
    note: str


def followed(
    scope: Scope,
    subcontracts: Mapping[int, Subcontract],
    before: Before,
    effective: date,
) -> dict[int, Followed]:
    """How each of these subcontracts stands on the day, by its key.

    Raises RuleError IDX-02 where a figure that counts was not recorded.
    """
    following = {
        row.subcontract_id: row
        for row in SubcontractIndexing.objects.visible_to(scope)
        .filter(subcontract__in=subcontracts, start_date__lte=effective)
        .order_by("start_date", "pk")
    }
    schemes = _schemes(scope, {row.scheme_id for row in following.values() if row.scheme_id})
    percentages = _Percentages(scope, effective)
    found = {}
    for pk, row in subcontracts.items():
        follows = following.get(pk)
        scheme = schemes.get(follows.scheme_id) if follows and follows.scheme_id else None
        terms = scheme.terms_on(effective) if scheme else None
        percentage = None
        if terms and _takes_part(row, effective):
            first = indexing.is_first_year(
                indexing.FirstYear(terms.first_year),
                row.start_date,
                effective,
                indexed_before=pk in before.contracts,
            )
            percentage = percentages.of(terms, corrects=not first)
        contract = Contract(
            Period(row.start_date, row.end_date),
            is_signed=row.status in _RUNNING,
            is_ended=row.status == Subcontract.Status.ENDED,
            is_frozen=bool(follows and follows.is_frozen),
            percent=percentage.outcome.percent if percentage else None,
        )
        found[pk] = Followed(
            contract,
            percentage,
            terms.amount_decimals if terms else indexing.CENTS,
            follows.reason if follows else "",
        )
    return found


def _takes_part(row: Subcontract, effective: date) -> bool:
    """Whether a percentage is asked for it: a contract that is over needs no figures."""
    return row.status in _RUNNING and Period(row.start_date, row.end_date).overlaps(
        Period(effective)
    )


def _schemes(scope: Scope, ids: Iterable[int]) -> dict[int, IndexScheme]:
    weights = IndexWeight.objects.visible_to(scope).select_related("series")
    terms = IndexTerms.objects.visible_to(scope).prefetch_related(Prefetch("weights", weights))
    rows = IndexScheme.objects.visible_to(scope).filter(pk__in=set(ids))
    return {row.pk: row for row in rows.prefetch_related(Prefetch("terms", terms))}


class _Percentages:
    """Each set of terms is calculated once with and once without correction."""

    def __init__(self, scope: Scope, effective: date) -> None:
        self._year = effective.year
        self._known: dict[tuple[int, bool], Percentage] = {}
        self._figures = {
            (row.series_id, row.year): row
            for row in IndexFigure.objects.visible_to(scope)
            .standing()
            .filter(year__in=(self._year, self._year - 1))
        }

    def of(self, terms: IndexTerms, *, corrects: bool) -> Percentage:
        """Raises RuleError IDX-02 where a figure is missing."""
        key = (terms.pk, corrects)
        if key not in self._known:
            figures = [self._figure(weight, corrects=corrects) for weight in terms.weights.all()]
            outcome = indexing.percentage(terms.as_rules, figures, corrects=corrects)
            self._known[key] = Percentage(terms, corrects, figures, outcome)
        return self._known[key]

    def _figure(self, weight: IndexWeight, *, corrects: bool) -> indexing.Figures:
        now = self._figures.get((weight.series_id, self._year))
        if now is None:
            raise _missing(_("the provisional figure"), weight, self._year)
        last = self._figures.get((weight.series_id, self._year - 1))
        if corrects and (last is None or last.definitive is None):
            raise _missing(_("the definitive figure"), weight, self._year - 1)
        return indexing.Figures(
            weight.series.name,
            weight.weight,
            now.provisional,
            last.provisional if corrects and last else None,
            last.definitive if corrects and last else None,
        )


def _missing(what: str, weight: IndexWeight, year: int) -> RuleError:
    return RuleError(
        "IDX-02",
        _("Of %(series)s, %(what)s of %(year)s is missing. Record it first.")
        % {"series": weight.series, "what": what, "year": year},
    )
