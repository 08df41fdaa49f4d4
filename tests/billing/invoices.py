"""A certified institution that invoices: the party, an indication, and its invoices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from billing.models import (
    Indication,
    InvoiceLine,
    InvoicingParty,
    ReceivedInvoice,
)
from billing.services import account_changes, indications, invoices, invoicing_parties
from billing.services.indications import IndicationFacts
from billing.services.invoices import InvoicedLine, InvoiceHead, Original
from billing.services.invoicing_parties import InvoicingTerms
from hoofdaannemer.accounts.models import Membership, Organisation, User
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Client
from subcontracts.services.parties import ProviderDetails
from tests.billing.build import _new_client, moment
from tests.conftest import become
from tests.factories import World

_numbers = count(1)
IBAN = "NL91ABNA0417164300"
PRICE = Decimal("80.00")
#: After January, and after the account has cooled.
AT = moment(date(2026, 2, 10))
BEFORE = moment(date(2026, 1, 12))
RECEIVED = date(2026, 2, 5)


def first(chain: World, at: datetime = AT) -> Scope:
    """The controller who enters invoices."""
    return _controller(chain, "eerste", at)


def second(chain: World, at: datetime = AT) -> Scope:
    """A controller who entered nothing."""
    return _controller(chain, "tweede", at)


def _controller(chain: World, name: str, at: datetime) -> Scope:
    user, is_new = User.objects.get_or_create(
        email=f"{name}@{chain.main.organisation.kvk}.test", defaults={"name": name}
    )
    if is_new:
        Membership.objects.create(
            user=user, role=Role.CONTROLLER, main_contractor=chain.main, started_at=BEFORE
        )
    return Scope(role=Role.CONTROLLER, user_id=user.pk, main_contractor_id=chain.main.pk, at=at)


def party(
    chain: World, *, name: str = "Jeugdbescherming Noord", account: bool = True
) -> InvoicingParty:
    """A certified institution whose account was set by two controllers and has cooled."""
    number = next(_numbers)
    scope = become(chain.at(Role.CONTRACT_MANAGER, at=BEFORE))
    made = invoicing_parties.take_on(
        scope=scope,
        main_contractor_id=chain.main.pk,
        details=ProviderDetails(
            kvk=f"{80000000 + number:08d}",
            name=name,
            kind=Organisation.Kind.INSTITUTION,
            agb=f"{75000000 + number:08d}",
        ),
        terms=InvoicingTerms(kind=InvoicingParty.Kind.CERTIFIED),
    )
    if account:
        set_account(chain, made)
    return made


def set_account(
    chain: World, made: InvoicingParty, iban: str = IBAN, at: datetime = BEFORE
) -> None:
    """By one controller, approved by another."""
    change = account_changes.ask(
        scope=become(first(chain, at)),
        subcontractor=made.subcontractor,
        account=account_changes.NewAccount(iban=iban, account_holder=str(made), reason="Eerste"),
    )
    account_changes.decide(
        scope=become(second(chain, at)), change=change, is_approved=True, checked="Gebeld"
    )


def client(chain: World) -> Client:
    """A new client."""
    become(chain.system)
    return _new_client(chain, 70_000 + next(_numbers))


def indication(chain: World, of: InvoicingParty, **changes: Any) -> Indication:
    """Ten hours in all of 2026 at 80 euros at most, recorded by the care coordinator."""
    who = changes.pop("client", None) or client(chain)
    facts = IndicationFacts(
        reference=changes.pop("reference", "") or f"B-{next(_numbers)}",
        kind=Indication.Kind.COURT,
        client=who,
        product=chain.products["guidance"],
        start_date=date(2026, 1, 1),
        end_date=date(2026, 12, 31),
        volume=Decimal(10),
        price=PRICE,
    )
    scope = become(chain.at(Role.CARE_COORDINATOR, at=changes.pop("at", BEFORE)))
    return indications.record(scope=scope, party=of, facts=replace(facts, **changes))


def line(of: Indication | str, quantity: int | str = 3, **changes: Any) -> InvoicedLine:
    """So many hours at 80 euros in January."""
    many = Decimal(quantity)
    good = InvoicedLine(
        reference=str(of),
        start=date(2026, 1, 1),
        end=date(2026, 1, 31),
        quantity=many,
        price=PRICE,
        amount=many * PRICE,
    )
    return replace(good, **changes)


def enter(
    chain: World,
    of: InvoicingParty,
    lines: Sequence[InvoicedLine],
    *,
    scope: Scope | None = None,
    original: Original | None = None,
    **changes: Any,
) -> ReceivedInvoice:
    """An invoice over these lines."""
    head = InvoiceHead(
        number=f"F-{next(_numbers)}",
        kind=ReceivedInvoice.Kind.INVOICE,
        invoice_date=date(2026, 2, 2),
        received_date=RECEIVED,
        total=sum((one.amount + one.vat for one in lines), Decimal(0)),
        iban=IBAN,
    )
    scope = become(scope or first(chain))
    return invoices.enter(
        scope=scope, party=of, head=replace(head, **changes), lines=lines, original=original
    )


def credit(
    chain: World, of: InvoicingParty, *lines: InvoiceLine, **changes: Any
) -> ReceivedInvoice:
    """A credit invoice that takes these lines back."""
    taking = [
        InvoicedLine(
            start=one.start_date,
            end=one.end_date,
            quantity=one.quantity,
            price=one.price,
            amount=one.amount,
            credits=one.reference,
        )
        for one in lines
    ]
    return enter(chain, of, taking, kind=ReceivedInvoice.Kind.CREDIT, **changes)


def codes(invoice: ReceivedInvoice) -> list[list[str]]:
    """The findings of each line, in order; of the whole first where there are any."""
    whole = [one.rule for one in invoice.findings.filter(invoice_line=None).order_by("rule")]
    found = [
        [finding.rule for finding in one.findings.order_by("rule")]
        for one in invoice.lines.order_by("line")
    ]
    return [whole, *found] if whole else found
