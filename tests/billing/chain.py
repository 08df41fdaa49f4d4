"""The whole chain for the tests of billing: messages in, entitlement, statement, bank file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal as D

from billing.models import Entitlement, Statement
from billing.services import months, payments, run_checks
from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Family, Message, builders
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.values import Product as MessageProduct
from subcontracts.models import Allocation, Placement
from subcontracts.services import placements
from tests import factories
from tests.billing.build import moment
from tests.conftest import become
from tests.factories import Party, World
from tests.subcontracts.post import codes, down, envelope, up

_AMOUNT = re.compile(rb'<InstdAmt Ccy="EUR">([0-9.]+)</InstdAmt>')
FIRST = moment(date(2026, 3, 2))
FROM_MARCH = Period(date(2026, 3, 1), date(2026, 12, 31))


@dataclass
class Client:
    """Somebody with an allocation from the municipality, placed and accepted."""

    chain: World
    party: Party
    who: builders.Person
    placement: Placement

    def start(self, begin: date) -> None:
        """A 305 of the subcontractor's own software."""
        record = StartProduct(
            allocation_number=self.placement.number,
            product=self._code,
            allocation_start_date=self.placement.start_date,
            begin_date=begin,
        )
        self._hand_in(builders.start(self._head(begin), self.who, [record]), begin)

    def stop(self, begin: date, last: date, reason: str) -> None:
        """A 307 of the subcontractor's own software."""
        record = StopProduct(
            allocation_number=self.placement.number,
            product=self._code,
            allocation_start_date=self.placement.start_date,
            begin_date=begin,
            end_date=last,
            stop_reason=reason,
        )
        self._hand_in(builders.stop(self._head(last), self.who, [record]), last)

    def _head(self, day: date) -> builders.Envelope:
        head = envelope(self.chain)
        return replace(
            head,
            day=day,
            family=Family(self.placement.family),
            sender=self.party.organisation.agb,
        )

    @property
    def _code(self) -> MessageProduct:
        product = self.placement.product
        return MessageProduct(category=product.category, code=product.code)

    def _hand_in(self, message: Message, day: date) -> None:
        assert codes(down(self.chain, message, moment(day), self.party)) == []


def allocated(
    chain: World,
    party: Party,
    product: str = "guidance",
    period: Period = FROM_MARCH,
    **extent: object,
) -> Client:
    """A 301 from the municipality, placed."""
    who = factories.person()
    one = factories.allocated(
        chain.products[product],
        period=period,
        decided=FIRST,
        **extent,  # type: ignore[arg-type]
    )
    family = chain.products[product].family
    message = factories.allocation_message(chain, who, one, family=family, on=FIRST.date())
    assert codes(up(chain, message, FIRST)) == []
    scope = factories.moved(chain.system, FIRST)
    placed = placements.place(
        scope=scope,
        allocation=Allocation.objects.get(family=family, number=one.number),
        subcontractor=party.subcontractor,
    )
    return Client(chain, party, who, placements.accept(scope=scope, placement=placed))


def after(month: Month) -> datetime:
    return moment(month.next().first.replace(day=9))


def paid(chain: World, party: Party, month: Month) -> list[str]:
    """The amounts in the bank's file after the month; none where nothing is to be paid."""
    close(chain, month, party)
    stated = Statement.objects.filter(subcontractor=party.subcontractor, month=month.first)
    return to_the_bank(chain, month) if any(one.payable for one in stated) else []


def close(chain: World, month: Month, *parties: Party) -> None:
    """Close the month of these parties on the ninth of the next one."""
    scope = become(chain.system.moved_to(after(month)))
    for party in parties:
        months.close_month(scope=scope, subcontractor=party.subcontractor, month=month)


def to_the_bank(chain: World, month: Month) -> list[str]:
    """What waited for payment after the month, as the bank's file says, in order of amount."""
    one = chain.at(Role.CONTROLLER, at=after(month))
    run = payments.prepare_run(scope=become(one), main_contractor_id=chain.main.pk)
    other = replace(one, user_id=chain.at(Role.CONTRACT_MANAGER).user_id)
    controls(chain, other)
    become(other)
    run = payments.release_run(scope=other, run=run, seen=run_checks.keys(other, run))
    become(chain.system)
    found = sorted(D(one.decode()) for one in _AMOUNT.findall(bytes(run.file)))
    assert f"<CtrlSum>{sum(found)}</CtrlSum>".encode() in bytes(run.file)
    return [str(one) for one in found]


def controls(chain: World, scope: Scope) -> None:
    """Let this person be a controller too; the database asks."""
    become(chain.system)
    Membership.objects.get_or_create(
        user_id=scope.user_id,
        role=Role.CONTROLLER,
        main_contractor=chain.main,
        defaults={"started_at": FIRST},
    )


def entitled(party: Party, form: str = "") -> list[str]:
    """All amounts of a party, in order; of one form where that is given."""
    rows = Entitlement.objects.filter(subcontractor=party.subcontractor).order_by("pk")
    rows = rows.filter(funding_line__form=form) if form else rows
    return [str(one.amount) for one in rows]
