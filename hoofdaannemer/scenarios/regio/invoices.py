"""A certified institution that invoices without a subcontract: three months, judged and stated.

One line is accepted by a second controller in spite of its price, one is refused, and of one a part
is credited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from billing.models import Indication, InvoiceLine, InvoicingParty, ReceivedInvoice
from billing.services import account_changes, indications, invoices, invoicing_parties
from billing.services.indications import IndicationFacts
from billing.services.invoices import InvoicedLine, InvoiceHead
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios import people
from hoofdaannemer.scenarios.regio.clock import Clock, later, moment
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Region
from subcontracts.models import Allocation
from subcontracts.services.parties import ProviderDetails

NAME: Final = "Jeugdbescherming Eemland"
_KVK, _AGB, _ACCOUNT = "90150001", "73950001", 100_900_300
#: Days of the next month: the invoice comes in, a colleague decides, it is stated.
ENTER_DAY, DECIDE_DAY, STATE_DAY = 5, 6, 7
#: Whose clients it helps: those of the largest municipality.
TOWN: Final = "0307"
PRICE, TOO_DEAR = Decimal("92.50"), Decimal("97.00")


@dataclass
class Institution:
    """Carries out what the institution and those who judge its invoices do."""

    region: Region
    office: Office
    party: InvoicingParty | None = None
    given: Sequence[Indication] = ()

    def take_on(self, at: datetime) -> None:
        """The party by a contract manager, its account by two controllers, care by the court."""
        with acting_as(self.office.managing(at)) as scope:
            self.party = invoicing_parties.take_on(
                scope=scope,
                main_contractor_id=self.office.main_contractor_id,
                details=ProviderDetails(
                    kvk=_KVK, name=NAME, kind=Organisation.Kind.INSTITUTION, agb=_AGB
                ),
                terms=invoicing_parties.InvoicingTerms(kind=InvoicingParty.Kind.CERTIFIED),
            )
        with acting_as(self.office.controlling(at)) as scope:
            change = account_changes.ask(
                scope=scope,
                subcontractor=self.party.subcontractor,
                account=account_changes.NewAccount(
                    iban=people.iban(_ACCOUNT), account_holder=NAME, reason="Eerste rekening"
                ),
            )
        with acting_as(self.office.controlling(at, second=True)) as scope:
            account_changes.decide(
                scope=scope, change=change, is_approved=True, checked="Gebeld met de administratie"
            )
        with acting_as(self.office.coordinating(at)) as scope:
            self.given = [self._indication(scope, one, self.party) for one in self._clients(scope)]

    def _clients(self, scope: Scope) -> Sequence[Allocation]:
        """Two who are in care with somebody else too."""
        rows = Allocation.objects.visible_to(scope).filter(
            municipal_contract=self.region.youth, client__municipality__code=TOWN
        )
        return list(rows.select_related("client").order_by("pk")[:2])

    def _indication(
        self, scope: Scope, allocation: Allocation, party: InvoicingParty
    ) -> Indication:
        facts = IndicationFacts(
            reference=f"JB-{allocation.number}",
            kind=Indication.Kind.COURT,
            client=allocation.client,
            product=self.region.products["begeleiding"],
            start_date=Month.of(scope.today).first,
            end_date=None,
            volume=Decimal(12),
            per=Indication.Per.MONTH,
            price=PRICE,
        )
        return indications.record(scope=scope, party=party, facts=facts)

    def invoice(self, month: Month, lines: Sequence[InvoicedLine], at: datetime) -> None:
        """A controller types in what came in about a month."""
        is_credit = any(one.credits for one in lines)
        head = InvoiceHead(
            number=f"{'C' if is_credit else 'F'}{month.first:%Y%m}",
            kind=ReceivedInvoice.Kind.CREDIT if is_credit else ReceivedInvoice.Kind.INVOICE,
            invoice_date=at.date(),
            received_date=at.date(),
            total=sum((one.amount for one in lines), Decimal(0)),
        )
        if self.party is None:
            raise LookupError("it was not taken up yet")
        with acting_as(self.office.controlling(at)) as scope:
            invoices.enter(scope=scope, party=self.party, head=head, lines=lines)

    def first_month(self, month: Month, at: datetime) -> None:
        """Two lines that are right."""
        first, second = self.given
        self.invoice(month, [_line(first, month, 9), _line(second, month, 6)], at)

    def second_month(self, month: Month, at: datetime) -> None:
        """One is dearer than was decided, and an hour of the month before is credited."""
        first, second = self.given
        dear = _line(second, month, 7, TOO_DEAR)
        self.invoice(month, [_line(first, month, 8), dear], at)
        before = month.previous()
        taken = _line(first, before, 1, credits=f"F{before.first:%Y%m}/1")
        self.invoice(month, [taken], at)

    def third_month(self, month: Month, at: datetime) -> None:
        """One is of a client of whom nothing was decided."""
        unknown = _line("JB-ONBEKEND", month, 4)
        self.invoice(month, [_line(self.given[0], month, 10), unknown], at)

    def decide(self, at: datetime) -> None:
        """A second controller accepts what was dear for a reason, and refuses the unknown."""
        with acting_as(self.office.controlling(at, second=True)) as scope:
            waiting = InvoiceLine.objects.visible_to(scope).filter(state=InvoiceLine.State.WAITING)
            for line in waiting.order_by("pk"):
                if line.indication_id:
                    ground = "Spoed in het weekend, vooraf besproken"
                    invoices.accept_line(scope=scope, line=line, ground=ground)
                else:
                    ground = "Van deze jeugdige is geen bepaling bekend"
                    invoices.refuse_line(scope=scope, line=line, ground=ground)

    def state(self, at: datetime) -> None:
        """What was accepted goes with the next payment run."""
        if self.party is None:
            raise LookupError("it was not taken up yet")
        with acting_as(self.office.controlling(at)) as scope:
            invoices.state(scope=scope, party=self.party)


def plan(region: Region, office: Office, clock: Clock, current: Month) -> None:
    """Plan its three months; the last one is the last that is closed before the current month."""
    third = current.previous().previous()
    months = (third.previous().previous(), third.previous(), third)
    it = Institution(region, office)
    clock.plan(moment(later(months[0].first, 0), 9), it.take_on)
    sends = (it.first_month, it.second_month, it.third_month)
    for month, send in zip(months, sends, strict=True):
        first = month.next().first
        clock.plan(moment(later(first, ENTER_DAY - 1), 9), partial(send, month))
        clock.plan(moment(later(first, DECIDE_DAY - 1), 9), it.decide)
        clock.plan(moment(later(first, STATE_DAY - 1), 9), it.state)


def _line(
    of: Indication | str,
    month: Month,
    quantity: int,
    price: Decimal = PRICE,
    *,
    credits: str = "",  # noqa: A002  as the invoice says it
) -> InvoicedLine:
    """So many hours in a month."""
    return InvoicedLine(
        start=month.first,
        end=month.last,
        quantity=Decimal(quantity),
        price=price,
        amount=quantity * price,
        reference="" if credits else str(of),
        credits=credits,
    )
