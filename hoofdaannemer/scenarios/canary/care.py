"""Clients of the canary scenario: allocated by message, placed, started and stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.core.working_days import is_working_day, next_working_day
from hoofdaannemer.scenarios.canary.cast import Cast
from hoofdaannemer.scenarios.canary.catalogue import CASES, Case
from hoofdaannemer.scenarios.canary.parties import Parties
from hoofdaannemer.scenarios.municipality import Decision, Municipality
from messaging.exchange import content
from messaging.exchange.services import intake, outtray
from messaging.istandaard import Family, Message, answer, builders, parse, serialize
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as ProductCode
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, Placement
from subcontracts.rules.delivery import StopKey
from subcontracts.rules.keys import bsn_key
from subcontracts.selectors.current import terms_of
from subcontracts.services import (
    changes,
    clients,
    deliveries,
    emergency,
    foreseen,
    placements,
    requests,
)
from subcontracts.services.emergency import Sought

#: Days of care of the first of two subcontractors; the second goes on the day after.
FIRST_SPELL = 29
AS_PLANNED = {"jw": "31", "wmo": "19"}


def moment(day: date, hour: int) -> datetime:
    """That hour in Europe/Amsterdam, on the day or the first working day after it."""
    return timezone.make_aware(datetime.combine(_office_day(day), time(hour)))


def _office_day(day: date) -> date:
    return day if is_working_day(day) else next_working_day(day)


@dataclass
class Care:
    """Carries out what happens to the clients, from `first_day` on."""

    parties: Parties
    cast: Cast
    first_day: date
    #: Placements by surname and provider, with the first day of care.
    placed: dict[tuple[str, str], Placement] = field(default_factory=dict)
    begun: dict[tuple[str, str], date] = field(default_factory=dict)
    _towns: dict[tuple[str, str], Municipality] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def run(self) -> None:
        """Let the municipalities allocate, and everybody deliver."""
        for case in CASES:
            if case.is_new:
                continue
            number = self._allocate(case)
            begin = _office_day(self.first_day + timedelta(days=2))
            for provider in case.providers:
                last = case.providers[-1] == provider
                self._deliver(case, number, provider, begin, last=last)
                begin += timedelta(days=FIRST_SPELL + 1)
            self._answer_all(case.main, moment(self.first_day + timedelta(days=40), 17))

    def offer(self, at: datetime) -> None:
        """Place the newest clients, who wait for a reply from then on."""
        for case in CASES:
            if case.is_new:
                number = self._allocate(case)
                period = Period(self.first_day, self.first_day + timedelta(days=364))
                self._place(case, number, case.providers[0], period, at)

    def break_glass(self, at: datetime) -> None:
        """Let each administrator open one client of the own main contractor, with a reason."""
        for main in self.parties.mains:
            case = next(one for one in CASES if one.main == main)
            scope = self.cast.scope("beheer", main, at)
            with acting_as(scope):
                emergency.open_access(
                    scope=scope,
                    sought=Sought(bsn=case.bsn),
                    reason=f"Politie zoekt {case.surname}, die vermist wordt.",
                )

    def announce(self, at: datetime) -> None:
        """Let each main contractor announce long-term care for one client."""
        for main, row in self.parties.mains.items():
            with acting_as(self.cast.scope("zorg", main, at)) as scope:
                allocation = Allocation.objects.visible_to(scope).filter(main_contractor=row)
                foreseen.tell(
                    scope=scope, allocation=allocation.live()[0], day=timezone.localdate(at)
                )

    def request(self) -> None:
        """Ask for one allocation each that is not answered yet, as staff and as a provider."""
        at = moment(self.first_day + timedelta(days=60), 10)
        for case in CASES:
            if case.is_new:
                continue
            if case.providers:
                name, party = "medewerker", case.providers[0]
            else:
                name, party = "zorg", case.main
            scope = self.cast.scope(name, party, at)
            with acting_as(scope):
                requests.request_allocation(
                    scope=scope,
                    main_contractor_id=self.parties.mains[case.main].pk,
                    draft=self._draft(case),
                )

    def change(self, at: datetime) -> None:
        """Ask for more care of each newest client: the first below, the next by the office."""
        asked: set[str] = set()
        for case in CASES:
            if not case.is_new:
                continue
            if case.main in asked:
                self._change_above(case, at)
            else:
                self._change_below(case, at)
            asked.add(case.main)

    def _change_above(self, case: Case, at: datetime) -> None:
        scope = self.cast.scope("zorg", case.main, at)
        with acting_as(scope):
            allocation = Allocation.objects.visible_to(scope).get(
                client__bsn_hash=bsn_key(case.bsn)
            )
            changes.request_change(
                scope=scope,
                allocation=allocation,
                draft=_one_more(allocation, timezone.localdate(at)),
            )

    def _change_below(self, case: Case, at: datetime) -> None:
        scope = self.cast.scope("medewerker", case.providers[0], at)
        with acting_as(scope):
            placement = Placement.objects.visible_to(scope).get(client__bsn_hash=bsn_key(case.bsn))
            changes.ask_for_change(
                scope=scope, placement=placement, draft=_one_more(placement, timezone.localdate(at))
            )

    def _draft(self, case: Case) -> requests.RequestDraft:
        task, product = self.parties.tasks[case.main], self.parties.products[case.main][0]
        person, youth = case.person, task.family == "jw"
        return requests.RequestDraft(
            person=clients.PersonDetails(
                bsn=person.bsn,
                surname=person.surname,
                initials=person.initials,
                birth_date=person.birth_date,
                sex=person.sex,
            ),
            municipality=self.parties.municipalities[case.municipality],
            products=[
                requests.ProductDraft(
                    product=product,
                    start_date=self.first_day + timedelta(days=90),
                    end_date=self.first_day + timedelta(days=364),
                    volume=2,
                    unit=task.allocated.unit,
                    frequency="2",
                    referral=requests.Referral(
                        type="02" if youth else "01",
                        name=f"{case.main} huisarts" if youth else "",
                    ),
                )
            ],
            guardian_known=True if youth else None,
            comment=f"{case.surname} aanvraag",
        )

    def _town(self, case: Case) -> Municipality:
        key = case.main, case.municipality
        if key not in self._towns:
            row = self.parties.municipalities[case.municipality]
            self._towns[key] = Municipality(
                code=row.code,
                name=row.name,
                family=Family(self.parties.tasks[case.main].family),
                provider_agb=self.parties.mains[case.main].agb,
                first_number=1_000_000 * (1 + len(self._towns)),
            )
        return self._towns[key]

    def _allocate(self, case: Case) -> int:
        task = self.parties.tasks[case.main]
        at = moment(self.first_day, 9)
        number, raw = self._town(case).allocate(
            case.person,
            Decision(
                category=task.allocated.category,
                code=task.allocated.code,
                start_date=self.first_day,
                end_date=self.first_day + timedelta(days=364),
                volume=task.volume,
                unit=task.allocated.unit,
                frequency="2",
            ),
            at,
        )
        self._hand_in(case.main, raw, at, municipality=case.municipality)
        return number

    def _deliver(self, case: Case, number: int, provider: str, begin: date, *, last: bool) -> None:
        end = self.first_day + timedelta(days=364)
        if not last:
            end = begin + timedelta(days=FIRST_SPELL)
        first = self.first_day if provider == case.providers[0] else begin
        placed_at = moment(self.first_day, 13)
        placement = self._place(case, number, provider, Period(first, end), placed_at)
        self.placed[case.surname, provider] = placement
        at = moment(max(begin, placement.start_date), 15)
        self._accept(placement, provider, begin, at)
        day = timezone.localdate(at)
        self._start(case, provider, placement, begin, moment(day, 16))
        self.begun[case.surname, provider] = begin
        if not last:
            self._stop(case, provider, placement, begin, end)

    def _place(
        self, case: Case, number: int, provider: str, period: Period, at: datetime
    ) -> Placement:
        scope = self.cast.scope("zorg", case.main, at)
        with acting_as(scope):
            return placements.place(
                scope=scope,
                allocation=Allocation.objects.visible_to(scope).get(
                    number=number,
                    municipality=self.parties.municipalities[case.municipality],
                ),
                subcontractor=self.parties.subcontractors[case.main, provider],
                part=placements.Part(period=period),
            )

    def _accept(self, placement: Placement, provider: str, begin: date, at: datetime) -> None:
        scope = self.cast.scope("medewerker", provider, at)
        with acting_as(scope):
            placements.accept(scope=scope, placement=placement)
            placements.name_professional(
                scope=scope,
                placement=placement,
                professional=self.parties.professionals[provider],
                period=Period(begin),
            )

    def _start(
        self, case: Case, provider: str, placement: Placement, begin: date, at: datetime
    ) -> None:
        if provider == case.providers[0]:
            start = StartProduct(
                allocation_number=placement.number,
                product=self._code(case),
                allocation_start_date=placement.start_date,
                begin_date=begin,
            )
            message = builders.start(self.envelope(case, provider, at), _person(case), [start])
            self._hand_in(case.main, serialize(message), at, provider=provider)
            return
        scope = self.cast.scope("medewerker", provider, at)
        with acting_as(scope):
            deliveries.report_start(scope=scope, placement=placement, begin=begin)

    def _stop(
        self, case: Case, provider: str, placement: Placement, begin: date, end: date
    ) -> None:
        at = moment(end + timedelta(days=1), 9)
        stop = StopKey(begin, end, AS_PLANNED[self.parties.tasks[case.main].family])
        scope = self.cast.scope("medewerker", provider, at)
        with acting_as(scope):
            deliveries.report_stop(scope=scope, placement=placement, stop=stop)

    def pause(self, at: datetime) -> None:
        """One client of each subcontractor pauses, which its software reports by 307."""
        for case in CASES:
            if len(case.providers) != 1 or case.is_new:
                continue
            (provider,) = case.providers
            placement = self.placed[case.surname, provider]
            stop = StopProduct(
                allocation_number=placement.number,
                product=self._code(case),
                allocation_start_date=placement.start_date,
                begin_date=self.begun[case.surname, provider],
                stop_reason="20",
                end_date=timezone.localdate(at) - timedelta(days=1),
            )
            message = builders.stop(self.envelope(case, provider, at), _person(case), [stop])
            self._hand_in(case.main, serialize(message), at, provider=provider)
            self._answer_all(case.main, at + timedelta(hours=1))

    def envelope(self, case: Case, provider: str, at: datetime) -> builders.Envelope:
        """The head of a message of a subcontractor's own software."""
        return builders.Envelope(
            family=Family(self.parties.tasks[case.main].family),
            sender=self.parties.organisations[provider].agb,
            receiver=self.parties.municipalities[case.municipality].code,
            number=f"K{next(self._numbers):09d}",
            day=timezone.localdate(at),
        )

    def _code(self, case: Case) -> ProductCode:
        task = self.parties.tasks[case.main]
        return ProductCode(category=task.allocated.category, code=task.allocated.code)

    def _hand_in(
        self, main: str, raw: bytes, at: datetime, *, municipality: str = "", provider: str = ""
    ) -> IncomingMessage:
        """Receive and judge a message. Raises ValueError where it was not taken."""
        scope = system(at, main_contractor_id=self.parties.mains[main].pk)
        row = intake.receive(
            scope=scope,
            raw=raw,
            main_contractor_id=scope.main_contractor_id,
            leg=Leg.UP if municipality else Leg.DOWN,
            source=(
                IncomingMessage.Source.FOLDER if municipality else IncomingMessage.Source.MAILBOX
            ),
            municipality_id=(
                self.parties.municipalities[municipality].pk if municipality else None
            ),
            organisation_id=self.parties.organisations[provider].pk if provider else None,
        )
        row = intake.handle(scope=scope, message_id=row.pk)
        if row.state != IncomingMessage.State.HANDLED:
            codes = ", ".join(f"{one.rule} {one.path}" for one in row.findings.all())
            raise ValueError(f"{row.name} is {row.state}: {codes} {row.last_error}")
        return row

    def hand_in(self, main: str, provider: str, message: Message, at: datetime) -> IncomingMessage:
        """Hand in a message of a subcontractor's own software."""
        return self._hand_in(main, serialize(message), at, provider=provider)

    def award(self, main: str, municipality: str, row: OutgoingMessage, at: datetime) -> None:
        """The municipality answers a declaration of ours: it rejects the first line."""
        scope = system(at, main_contractor_id=self.parties.mains[main].pk)
        outtray.deliver(scope=scope, message_id=row.pk)
        with acting_as(scope):
            raw = content.opened(OutgoingMessage.objects.visible_to(scope).get(pk=row.pk))
        reply = self._towns[main, municipality].award(
            raw, timezone.localdate(at), rejected={1: "9321"}
        )
        self._hand_in(main, reply, at, municipality=municipality)

    def _answer_all(self, main: str, at: datetime) -> None:
        """Deliver what waits; municipalities and software answer what asks for an answer."""
        scope = system(at, main_contractor_id=self.parties.mains[main].pk)
        waiting = OutgoingMessage.objects.filter(
            main_contractor=scope.main_contractor_id, state=OutgoingMessage.State.WAITING
        )
        names = {row.pk: name for name, row in self.parties.municipalities.items()}
        providers = {row.pk: name for name, row in self.parties.organisations.items()}
        for row in waiting.order_by("pk"):
            raw = content.opened(row)
            if row.municipality_id is not None:
                outtray.deliver(scope=scope, message_id=row.pk)
                if row.message_type in ("305", "307", "315", "317"):
                    town = self._towns[main, names[row.municipality_id]]
                    reply = town.reply(raw, timezone.localdate(at))
                    self._hand_in(main, reply, at, municipality=names[row.municipality_id])
                continue
            outtray.take(scope=scope, message_id=row.pk)
            message = parse(raw).message
            if row.message_type == "301" and message is not None:
                number = f"K{next(self._numbers):09d}"
                reply = serialize(
                    answer(message, [], identification=number, date=timezone.localdate(at))
                )
                provider = providers[row.provider_organisation_id or 0]
                self._hand_in(main, reply, at, provider=provider)


def _one_more(row: Allocation | Placement, today: date) -> changes.ChangeDraft:
    """One unit a week more, from next week on."""
    now = terms_of(row)
    wanted = replace(
        now,
        period=Period(today + timedelta(days=7), row.end_date),
        volume=(row.volume or 0) + 1,
    )
    return changes.ChangeDraft(reason="1", changed={row.number: wanted})


def _person(case: Case) -> builders.Person:
    person = case.person
    return builders.Person(
        bsn=person.bsn,
        birth_date=person.birth_date,
        surname=person.surname,
        initials=person.initials,
        sex=person.sex,
    )
