"""What a year asks for: results of trajectories, a recovery plan, and accounting for production."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from billing.models import ProductionPart, ProductionStatement, RecoveryPlan, TrajectoryResult
from billing.rules.sampling import Way
from billing.services import audits, production, recovery_plans, results
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, acting_as
from hoofdaannemer.scenarios.regio.clock import Clock, later, moment
from hoofdaannemer.scenarios.regio.invoices import TOWN
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import RESULTS_OF, Party, Region

#: Who pays back what a check of its files found.
OWES: Final = "GGZ Eemlanden"
#: Days of the next month: results are shown, judged, and the production is accounted for.
SHOW_DAY, JUDGE_DAY, ACCOUNT_DAY, ESTABLISH_DAY = 13, 16, 17, 20
_SIZE: Final = 8


class Year:
    """Carries these out, as the months are closed."""

    def __init__(self, region: Region, office: Office) -> None:
        self.region, self.office = region, office

    def plan(self, clock: Clock, first: Month, current: Month) -> None:
        """Results after every month; the rest once, after the last month that is closed."""
        closed = current.previous().previous()
        month = first
        while month <= closed:
            of_next = month.next().first
            clock.plan(moment(later(of_next, SHOW_DAY - 1), 11), self.show)
            if month < closed:
                clock.plan(moment(later(of_next, JUDGE_DAY - 1), 11), self.judge)
            month = month.next()
        of_next = closed.next().first
        clock.plan(moment(later(of_next, SHOW_DAY - 1), 13), self.recover)
        at = moment(later(of_next, ACCOUNT_DAY - 1), 10)
        clock.plan(at, partial(self.account, closed))
        clock.plan(moment(later(of_next, ESTABLISH_DAY - 1), 10), self.establish)

    def _party(self, name: str) -> Party:
        return next(one for one in self.region.parties if one.provider.name == name)

    def show(self, at: datetime) -> None:
        """The subcontractor shows what came of each trajectory that ended."""
        with acting_as(self.office.at(self._party(RESULTS_OF), at)) as scope:
            rows = TrajectoryResult.objects.visible_to(scope)
            for row in rows.filter(status=TrajectoryResult.Status.AWAITED).order_by("pk"):
                text = "Het gezin redt zich zonder hulp; de eindevaluatie is besproken."
                results.hand_in(scope=scope, result=row, shown=results.Shown(text=text))

    def judge(self, at: datetime) -> None:
        """The contract manager judges what was shown; that of the last month waits."""
        with acting_as(self.office.managing(at)) as scope:
            rows = TrajectoryResult.objects.visible_to(scope)
            for row in rows.filter(status=TrajectoryResult.Status.HANDED_IN).order_by("pk"):
                finding = results.Finding(
                    outcome=TrajectoryResult.Outcome.MET,
                    ground="De evaluatie laat zien dat de doelen zijn bereikt.",
                )
                results.judge(scope=scope, result=row, finding=finding)

    def recover(self, at: datetime) -> None:
        """A controller proposes a plan, and the subcontractor agrees."""
        party = self._party(OWES)
        with acting_as(self.office.controlling(at)) as scope:
            plan = recovery_plans.propose(
                scope=scope,
                subcontractor=party.subcontractor,
                terms=recovery_plans.PlanTerms(
                    kind=RecoveryPlan.Kind.CLAIM,
                    total=Decimal("1800.00"),
                    monthly=Decimal("300.00"),
                    first_month=Month.of(scope.today),
                    ground="Materiële controle: 24 uur zonder verslag",
                ),
            )
        with acting_as(self.office.at(party, at)) as scope:
            recovery_plans.agree(scope=scope, plan=plan)

    def account(self, closed: Month, at: datetime) -> None:
        """The year so far, with every municipality; put forward for the largest, and confirmed."""
        with acting_as(self.office.controlling(at)) as scope:
            made = production.begin(
                scope=scope, contract=self.region.youth, year=closed.year, last_month=closed
            )
            [row] = (one for one in made if one.municipality.code == TOWN)
            production.propose(scope=scope, statement=row)
        for party in self.region.parties:
            if party.organisation.pk not in self.office.providers:
                continue
            own = replace(self.office.at(party, at), role=Role.SUBCONTRACTOR_ADMIN)
            with acting_as(own):
                parts = ProductionPart.objects.visible_to(own)
                for part in parts.filter(state=ProductionPart.State.PROPOSED).order_by("pk"):
                    production.confirm(scope=own, part=part)

    def establish(self, at: datetime) -> None:
        """A second controller establishes it; the first draws the auditor's sample."""
        with acting_as(self.office.controlling(at, second=True)) as scope:
            rows = ProductionStatement.objects.visible_to(scope)
            row = rows.get(status=ProductionStatement.Status.PROPOSED)
            reason = "Niet iedereen antwoordde; hun maanden zijn al afgerekend"
            production.lock(scope=scope, statement=row, reason=reason)
        with acting_as(self.office.controlling(at)) as scope:
            row.refresh_from_db()
            audits.draw_sample(
                scope=scope, statement=row, way=Way.MONETARY, size=_SIZE, seed="Amersfoort 1"
            )
