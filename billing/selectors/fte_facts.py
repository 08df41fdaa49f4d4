"""What an FTE report is compared with: last month, other lines, clients, and qualifications."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.models import FteReport, FteReportRow
from billing.rules.fte_signals import ReportFacts, Signal, WorkerFacts, signals
from hoofdaannemer.core.periods import Period
from qualifications.selectors import Register, load_register
from subcontracts.models import FundingLineProduct, Placement
from subcontracts.rules.funding_roles import has_role, roles_of


@dataclass(frozen=True)
class Comparison:
    """A report beside that of last month, if there was one."""

    before: FteReport | None
    unchanged: Sequence[FteReportRow]
    #: Rows that differ, each with that of last month.
    changed: Sequence[tuple[FteReportRow, FteReportRow]]
    came: Sequence[FteReportRow]
    left: Sequence[FteReportRow]

    @property
    def is_same(self) -> bool:
        """Whether nothing at all changed since a report of last month."""
        return bool(self.before) and not (self.changed or self.came or self.left)


@dataclass(frozen=True)
class Qualified:
    """Whether somebody met the requirements at the start and at the end of the month."""

    at_start: bool
    at_end: bool


def last_month(report: FteReport) -> FteReport | None:
    """The report of the month before that counts."""
    month = report.calendar_month.previous().first
    rows = FteReport.objects.handed_in().filter(funding_line=report.funding_line_id, month=month)
    return rows.first()


def comparison(report: FteReport) -> Comparison:
    """Who stayed the same, changed, came or left since last month."""
    before = last_month(report)
    now = list(report.rows.select_related("professional"))
    known = {
        row.professional_id: row
        for row in (before.rows.select_related("professional") if before else ())
    }
    stayed = [(row, known[row.professional_id]) for row in now if row.professional_id in known]
    here = {row.professional_id for row in now}
    return Comparison(
        before=before,
        unchanged=[row for row, was in stayed if _told(row) == _told(was)],
        changed=[(row, was) for row, was in stayed if _told(row) != _told(was)],
        came=[row for row in now if row.professional_id not in known],
        left=[row for pk, row in known.items() if pk not in here],
    )


def _told(row: FteReportRow) -> tuple[object, ...]:
    return row.fte, row.contracted, row.hours, row.absence, row.area


def found_in(report: FteReport, qualified: Mapping[int, Qualified]) -> list[Signal]:
    """The signals of a report as it stands now."""
    before = last_month(report)
    known = dict(before.rows.values_list("professional_id", "fte")) if before else {}
    rows = list(report.rows.all())
    elsewhere = _elsewhere(report, [row.professional_id for row in rows])
    month = report.calendar_month
    roles = roles_of(report.funding_line.parameters)
    return signals(
        ReportFacts(
            workers=[
                WorkerFacts(
                    person=row.professional_id,
                    fte=row.fte,
                    before=known.get(row.professional_id),
                    elsewhere=elsewhere.get(row.professional_id, Decimal(0)),
                    hours=row.hours,
                    absence=row.absence,
                    qualified_at_start=qualified[row.professional_id].at_start,
                    qualified_at_end=qualified[row.professional_id].at_end,
                    has_role=has_role(roles, row.role),
                )
                for row in rows
            ],
            before=sum(known.values(), Decimal(0)) if before else None,
            clients=_clients(report),
            days=month.last.day,
        )
    )


def _elsewhere(report: FteReport, people: Collection[int]) -> dict[int, Decimal]:
    """FTE on other lines of the same main contractor, in reports that were handed in.

    What somebody works for another main contractor is not for this one to read.
    """
    others = (
        FteReport.objects.handed_in()
        .filter(
            main_contractor=report.main_contractor_id,
            provider_organisation=report.provider_organisation_id,
            month=report.month,
        )
        .exclude(funding_line=report.funding_line_id)
    )
    rows = FteReportRow.objects.filter(report__in=others, professional__in=people)
    return dict(rows.order_by().values_list("professional").annotate(Sum("fte")))


def _clients(report: FteReport) -> int:
    """Clients in care on products of the line in the month."""
    placed = Placement.objects.filter(
        subcontract=report.funding_line.subcontract_id,
        product__in=_products(report),
        status__in=[Placement.Status.ACCEPTED, Placement.Status.ENDED],
    )
    in_month = placed.in_force_during(report.calendar_month.period)
    return in_month.order_by().values("client").distinct().count()


def _products(report: FteReport) -> QuerySet[FundingLineProduct, int]:
    rows = FundingLineProduct.objects.filter(funding_line=report.funding_line_id)
    in_month = rows.in_force_during(report.calendar_month.period)
    return in_month.order_by().values_list("product", flat=True)


def qualified_in(report: FteReport) -> dict[int, Qualified]:
    """For each person in the report, from the requirements and their proofs.

    The days are the first and the last of the month on which the person was in service. Somebody
    counts as qualified who may deliver one of the line's products.
    """
    register = load_register(report.main_contractor_id, [report.provider_organisation_id])
    products = list(_products(report))
    month = report.calendar_month.period
    found = {}
    for row in report.rows.select_related("professional"):
        person = row.professional
        days = Period(person.start_date, person.end_date).intersection(month) or month
        first, last = days.start, days.end or report.calendar_month.last
        found[person.pk] = Qualified(
            _may_work(register, report, person.pk, products, first),
            _may_work(register, report, person.pk, products, last),
        )
    return found


def _may_work(
    register: Register, report: FteReport, person: int, products: Sequence[int], day: date
) -> bool:
    organisation = report.provider_organisation_id
    return not products or any(
        not any(
            lack.blocks or lack.holds_payment
            for lack in register.lacks(product, day, organisation, person)
        )
        for product in products
    )
