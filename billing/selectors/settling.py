"""What is settled by year: which lines, which of them together, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.forms import fixed
from billing.models import FteReport, PoolProduction
from billing.rules.settling import Method, part_of_year
from billing.selectors.closing import first_closed, not_closed
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.models import FundingLine, Subcontract
from subcontracts.models.contracts import FundingLineQuerySet

_Form = FundingLine.Form
#: Lines of which a year is settled.
BY_YEAR = Q(form__in=[_Form.FTE, _Form.ADVANCE_POOL]) | Q(
    form=_Form.CAPACITY, parameters__settled="year"
)
_METHODS = {
    _Form.FTE: Method.FTE,
    _Form.CAPACITY: Method.PLACES,
    _Form.ADVANCE_POOL: Method.POOL,
}


@dataclass(frozen=True)
class Part:
    """A line with the days of the year that are settled of it."""

    line: FundingLine
    period: Period

    @property
    def months(self) -> list[Month]:
        return list(self.period.months())


@dataclass(frozen=True)
class Subject:
    """What is settled together for a year: one line, or all lines of a pool."""

    key: str
    name: str
    year: int
    method: Method
    parts: Sequence[Part]


def is_settled_by_year(line: FundingLine) -> bool:
    """Whether a line is one of those of `BY_YEAR`."""
    if line.form == _Form.CAPACITY:
        return bool(line.parameters.get("settled") == "year")
    return line.form in _METHODS


def settled_by_year(scope: Scope, year: int) -> FundingLineQuerySet:
    """Lines that are settled by year and were in force in it, of contracts that began."""
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    rows = FundingLine.objects.visible_to(scope).filter(BY_YEAR).in_force_during(whole)
    return rows.exclude(subcontract__status__in=Subcontract.NOT_BEGUN)


def subject_of(scope: Scope, line: FundingLine, year: int) -> Subject:
    """What a line is settled together with.

    Raises RuleError BIL-111 for a line that is not settled by year, BIL-112 where no day of it
    fell in the year in months that were closed here.
    """
    rows = settled_by_year(scope, year).select_related(
        "subcontract__subcontractor__provider_organisation", "subcontract__municipal_contract"
    )
    if not is_settled_by_year(line):
        raise RuleError("BIL-111", _("This line is not settled by year: each month is final."))
    method = _METHODS[_Form(line.form)]
    key, name = f"line:{line.pk}", line.name
    if method is Method.POOL:
        contract, name = line.subcontract.municipal_contract_id, str(line.parameters["pool"])
        key = f"pool:{contract}:{name}"
        rows = rows.filter(
            form=_Form.ADVANCE_POOL,
            parameters__pool=name,
            subcontract__municipal_contract=contract,
        )
    else:
        rows = rows.filter(pk=line.pk)
    since = first_closed(line.main_contractor_id)
    parts = [
        Part(one, period)
        for one in rows.prefetch_related("line_products").order_by("pk")
        if (period := part_of_year(year, fixed.in_force(one), since))
    ]
    if not any(part.line.pk == line.pk for part in parts):
        raise RuleError(
            "BIL-112",
            _("Of %(year)s nothing is settled: the line was not in force in a month closed here.")
            % {"year": year},
        )
    return Subject(key, name, year, method, parts)


def missing(subject: Subject) -> list[str]:
    """What a settlement still waits for, as sentences; nothing when it can begin."""
    return [text for part in subject.parts for text in _missing(subject, part)]


def _missing(subject: Subject, part: Part) -> Iterator[str]:
    subcontractor = part.line.subcontract.subcontractor
    name = {"name": subcontractor.provider_organisation.name}
    if open_months := not_closed(subcontractor, part.months):
        months = {"months": named(open_months)}
        yield _("%(name)s: close %(months)s first.") % (name | months)
    if subject.method is Method.FTE and (lacking := _not_reported(part)):
        months = {"months": named(lacking)}
        yield _("%(name)s: the FTE report of %(months)s is not handed in.") % (name | months)
    if subject.method is Method.POOL and not _is_produced(part.line, subject.year):
        yield _("%(name)s: record its real production of %(year)s.") % (
            name | {"year": subject.year}
        )


def named(months: Sequence[Month]) -> str:
    """Months in order; those that follow each other as the first up to and including the last."""
    runs: list[list[Month]] = []
    for month in months:
        if runs and runs[-1][-1].next() == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(
        month_nl(run[0])
        if len(run) == 1
        else _("%(first)s up to and including %(last)s")
        % {"first": month_nl(run[0]), "last": month_nl(run[-1])}
        for run in runs
    )


def _not_reported(part: Part) -> list[Month]:
    reports = FteReport.objects.handed_in().filter(funding_line=part.line)
    reported = set(reports.values_list("month", flat=True))
    return [month for month in part.months if month.first not in reported]


def _is_produced(line: FundingLine, year: int) -> bool:
    return PoolProduction.objects.standing().filter(funding_line=line, year=year).exists()
