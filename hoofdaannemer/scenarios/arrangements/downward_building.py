"""Sets up one subcontract with everything that it says, and what became of it since.

What was added while it ran, such as a line of the years that an option gave, is added then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios import papers
from hoofdaannemer.scenarios.arrangements import moments, staff
from hoofdaannemer.scenarios.arrangements.downward import (
    Clause,
    Consent,
    Downward,
    Line,
    Price,
    Stop,
)
from messaging.exchange.models import Channel, Party
from messaging.exchange.services.channels import choose_transport
from subcontracts.models import (
    ClientStop,
    FundingLine,
    FundingSunset,
    Product,
    Subcontract,
    SubcontractClause,
    SubcontractConsent,
    SubcontractOption,
    Tariff,
)
from subcontracts.services import (
    amending,
    ceiling_exemptions,
    clauses,
    client_stops,
    consents,
    contract_ceilings,
    contracts,
    extensions,
    index_figures,
    noticing,
    purposes,
    relays,
    sunsets,
)

if TYPE_CHECKING:
    from hoofdaannemer.scenarios.arrangements.building import Built

#: Days before its first day on which a subcontract is signed.
SIGNED_BEFORE: Final = 14
#: Terms that a file says in another way.
_OF_THE_PLATFORM: Final = ("relay", "ceiling_from")


def subcontract(scope: Scope, built: Built, entry: Downward) -> Subcontract:
    """Draft the contract, let it run if it does, and bring it to where the file has it.

    `scope` acts on the day on which it is signed. Raises RuleError where something in it breaks a
    rule of the contract services.
    """
    row = contracts.create_subcontract(
        scope=scope,
        subcontractor=built.subcontractors[entry.provider],
        municipal_contract=built.contracts[entry.municipal_contract],
        terms=_terms(entry),
    )
    making = _Making(scope, built, entry, row)
    making.draft()
    if entry.is_running:
        row = making.row = papers.concluded(scope, row)
    making.live()
    row.refresh_from_db()
    return row


def _terms(entry: Downward) -> contracts.SubcontractTerms:
    fields = contracts.SubcontractTerms.__dataclass_fields__
    values = {name: getattr(entry, name) for name in fields if name not in _OF_THE_PLATFORM}
    return contracts.SubcontractTerms(**values, relay=entry.relay[0].mode)


@dataclass
class _Making:
    """A contract on its way to what the file says."""

    scope: Scope
    built: Built
    entry: Downward
    row: Subcontract
    #: By their place in the file; that of a line from 1, for others follow on it.
    lines: dict[int, FundingLine] = field(default_factory=dict)
    tariffs: dict[int, Tariff] = field(default_factory=dict)

    def draft(self) -> None:
        """What is agreed before it is signed."""
        self._modes()
        for one in self.entry.purposes:
            purposes.set_purpose(
                scope=self.scope,
                contract=self.row,
                purpose=one.purpose,
                start_date=one.start_date,
            )
        self._add_lines(lambda one: not self._is_later(one))
        self._set_prices(lambda one: not self._is_later(one))
        for ceiling in self.entry.ceilings:
            contract_ceilings.set_ceiling(
                scope=self.scope,
                subcontract=self.row,
                amount=ceiling.amount,
                start_date=ceiling.start_date,
            )
        self.clauses = [(one, self._clause(one)) for one in self.entry.clauses]
        self.consents = [(one, self._consent(one)) for one in self.entry.consents]
        self.options = [self._option(place) for place in range(len(self.entry.options))]

    def live(self) -> None:
        """What became of it while it ran."""
        for place, row in enumerate(self.options):
            self._decide(place, row)
        self._add_lines(self._is_later)
        self._set_prices(self._is_later)
        for clause, made in self.clauses:
            if clause.end_date is not None:
                ended = self._on(clause.end_date)
                clauses.end_clause(scope=ended, clause=made, end_date=clause.end_date)
        for consent in self.consents:
            self._withdraw(*consent)
        self._exempt()
        for stop in self.entry.stops:
            self._stop(stop)
        self._index()
        self._give_notice()

    def _on(self, day: date) -> Scope:
        return self.scope.moved_to(moments.at(day))

    def _product(self, code: str) -> Product:
        return self.built.product(self.built.entry.above(self.entry).family, code)

    def _is_later(self, entry: Line | Price) -> bool:
        """Whether it begins in time that only an option gave."""
        return self.entry.end_date is not None and entry.start_date > self.entry.end_date

    def _period(self, entry: Line | Price) -> Period:
        """Its days, as far as the contract lasts before its options are taken."""
        end = entry.end_date
        if end is not None and self.row.end_date is not None and not self._is_later(entry):
            end = min(end, self.row.end_date)
        return Period(entry.start_date, end)

    def _modes(self) -> None:
        for one in self.entry.relay[1:]:
            relays.set_mode(
                scope=self.scope, subcontract=self.row, mode=one.mode, start_date=one.start_date
            )
        if any(one.mode == Subcontract.Relay.MESSAGES for one in self.entry.relay):
            choose_transport(
                scope=self.scope,
                main_contractor_id=self.built.main.pk,
                party=Party(None, self.row.provider_organisation_id),
                transport=Channel.Transport.MAILBOX,
            )

    def _add_lines(self, wanted: Callable[[Line], bool]) -> None:
        for place, entry in enumerate(self.entry.lines, start=1):
            if not wanted(entry):
                continue
            terms = contracts.LineTerms(
                name=entry.name,
                form=entry.form,
                period=self._period(entry),
                products=[self._product(code) for code in entry.products],
                parameters=entry.parameters,
            )
            if entry.follows_on is None:
                row = contracts.add_funding_line(scope=self.scope, subcontract=self.row, line=terms)
            else:
                before = self.lines[entry.follows_on].sunset
                row = sunsets.go_on(scope=self.scope, sunset=before, terms=terms)
            self.lines[place] = row
            self._plan(row, entry)

    def _plan(self, line: FundingLine, entry: Line) -> None:
        """What follows on a temporary line: evaluated first, where it was."""
        found = entry.sunset
        if found is None:
            return
        plan = sunsets.Plan(
            follow_up=found.follow_up,
            next_form=found.next_form or "",
            evaluate_by=found.evaluate_by,
            evaluator=found.evaluator,
        )
        if found.evaluated_on is None:
            sunsets.plan(scope=self.scope, line=line, plan=plan)
            return
        first = replace(plan, follow_up=FundingSunset.FollowUp.EVALUATION, next_form="")
        row = sunsets.plan(scope=self.scope, line=line, plan=first)
        sunsets.evaluate(
            scope=self._on(found.evaluated_on),
            sunset=row,
            found=sunsets.Evaluated(
                evaluated_on=found.evaluated_on,
                conclusion=found.conclusion,
                next_form=found.next_form or "",
            ),
        )

    def _set_prices(self, wanted: Callable[[Price], bool]) -> None:
        for place, price in enumerate(self.entry.tariffs):
            if wanted(price):
                self.tariffs[place] = contracts.set_tariff(
                    scope=self.scope,
                    subcontract=self.row,
                    product=self._product(price.product),
                    amount=price.amount,
                    period=self._period(price),
                )

    def _clause(self, entry: Clause) -> SubcontractClause:
        return clauses.set_clause(
            scope=self.scope,
            subcontract=self.row,
            facts=clauses.ClauseFacts(
                code=entry.code,
                title=entry.title,
                text=entry.text,
                passes_on=entry.passes_on,
                start_date=entry.start_date,
            ),
        )

    def _consent(self, entry: Consent) -> SubcontractConsent | None:
        """None for the consent among the terms, which becomes a row by itself."""
        of_the_terms = Consent(
            start_date=entry.start_date,
            reference=self.entry.consent_reference,
            withdrawn_from=entry.withdrawn_from,
            withdrawn_reason=entry.withdrawn_reason,
        )
        is_first = entry is self.entry.consents[0]
        if is_first and entry == of_the_terms and entry.start_date == self.entry.consent_on:
            return None
        return consents.record(
            scope=self.scope,
            subcontract=self.row,
            facts=consents.ConsentFacts(
                start_date=entry.start_date,
                end_date=entry.end_date,
                reference=entry.reference,
                products=tuple(self._product(code).pk for code in entry.products),
                municipalities=tuple(entry.municipalities),
            ),
        )

    def _withdraw(self, entry: Consent, row: SubcontractConsent | None) -> None:
        if entry.withdrawn_from is None:
            return
        consents.withdraw(
            scope=self.scope,
            subcontract=self.row,
            consent=row or self.row.consents.first(),
            first_day=entry.withdrawn_from,
            reason=entry.withdrawn_reason,
        )

    def _option(self, place: int) -> SubcontractOption:
        entry = self.entry.options[place]
        facts = extensions.OptionFacts(
            months=entry.months,
            announce_by=entry.announce_by,
            decide_by=entry.decide_by,
            note=entry.note,
        )
        return extensions.add(scope=self.scope, subcontract=self.row, facts=facts)

    def _decide(self, place: int, row: SubcontractOption) -> None:
        entry = self.entry.options[place]
        if entry.outcome is None or entry.decided_on is None:
            return
        lines = {row.pk: self.entry.lines[at - 1].end_date for at, row in self.lines.items()}
        tariffs = {row.pk: self.entry.tariffs[at].end_date for at, row in self.tariffs.items()}
        decision = extensions.Decision(
            outcome=entry.outcome,
            decided_on=entry.decided_on,
            # Whoever took it saw how long the municipal contract goes on.
            outlives=True,
            moves_ends=amending.ends_as_named(lines, tariffs),
        )
        extensions.decide(scope=self._on(entry.decided_on), option=row, decision=decision)
        self.row.refresh_from_db()

    def _exempt(self) -> None:
        for one in self.entry.exemptions:
            ceiling_exemptions.exempt(
                scope=self.scope,
                subcontract=self.row,
                facts=ceiling_exemptions.ExemptionFacts(
                    product=self._product(one.product),
                    ground=one.ground,
                    start_date=one.start_date,
                    end_date=one.end_date,
                    note=one.note,
                ),
            )

    def _stop(self, entry: Stop) -> None:
        facts = client_stops.StopFacts(
            start_date=entry.start_date,
            end_date=entry.end_date,
            product=self._product(entry.product) if entry.product else None,
            reason=entry.reason,
        )
        recorded = self._on(entry.recorded_on)
        if entry.is_asked:
            asking = staff.provider(self.row.provider_organisation_id, recorded.at)
            with acting_as(asking) as scope:
                row = client_stops.ask(scope=scope, subcontract=self.row, facts=facts)
        else:
            row = client_stops.impose(scope=recorded, subcontract=self.row, facts=facts)
        decided = self._on(entry.decided_on) if entry.decided_on else recorded
        if entry.is_asked and entry.decided_on is not None:
            client_stops.decide(
                scope=decided,
                stop=row,
                is_granted=entry.status != ClientStop.Status.REFUSED,
                answer=entry.answer,
            )
        if entry.status == ClientStop.Status.WITHDRAWN:
            client_stops.end(scope=decided, stop=row)

    def _index(self) -> None:
        for one in self.entry.indexing:
            if one.scheme is None:
                index_figures.freeze(
                    scope=self.scope,
                    subcontract=self.row,
                    reason=one.reason,
                    start_date=one.start_date,
                )
                continue
            index_figures.follow(
                scope=self.scope,
                subcontract=self.row,
                scheme=self.built.schemes[one.scheme],
                start_date=one.start_date,
            )

    def _give_notice(self) -> None:
        if (given := self.entry.notice) is None:
            return
        noticing.give(
            scope=self._on(given.given_on),
            subcontract=self.row,
            given=noticing.Given(
                by=given.by,
                given_on=given.given_on,
                last_day=given.last_day,
                reason=given.reason,
            ),
        )
