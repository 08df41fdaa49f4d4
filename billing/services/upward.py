"""Declarations upward: built of approved lines, and put in the out-tray (323)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.models import UpwardContribution, UpwardDeclaration, UpwardLine
from billing.rules.upward import Claim
from billing.selectors.upward import Due, Proposal, first_debits, proposal
from billing.selectors.upward_facts import claim_of, latest_months
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.money import to_cents
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from messaging.exchange.services import outtray, settling
from messaging.exchange.services.identification import next_identification
from messaging.istandaard import Family, builders, validate
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.messages import DeclarationMessage
from messaging.istandaard.model.values import CREDIT, DEBIT, Amount, ClosedPeriod, LineReference
from messaging.models import OutgoingMessage
from subcontracts.models import ContractMunicipality, MunicipalContract
from subcontracts.selectors.exchange_terms import exchange_on

MESSAGE: Final = "323"
_SERIES: Final = "upward_declaration"


def check_month(scope: Scope, found: Proposal) -> None:
    """Whether this may go up now.

    Raises RuleError BIL-70 where the municipality takes no declarations, BIL-71 for a month that
    is not over (TR137), BIL-72 for a month before the latest one declared, BIL-73 where care of an
    earlier month must go first (TR318), BIL-74 where there is nothing to declare, BIL-79 where
    messages under the contract are for steering only.
    """
    contract = found.part.contract
    if MESSAGE not in exchange_on(contract, scope.today).messages:
        raise RuleError("BIL-70", _("The contract says that no 323 goes to this municipality."))
    if contract.steers_on(found.month.last):
        raise RuleError(
            "BIL-79",
            _("Messages under this contract are for steering only, so nothing is declared."),
        )
    if found.month.last >= scope.today:
        raise RuleError("BIL-71", _("This month is not over. Declare it after its last day."))
    latest = latest_months(scope, [found.part]).get(found.part)
    if latest is not None and found.month < latest:
        raise RuleError(
            "BIL-72",
            _("A later month was declared already. What is late goes up with %(month)s. (TR318)")
            % {"month": month_nl(latest)},
        )
    new = [month for month in first_debits(found) if latest is None or month > latest]
    if new and min(new) < found.month:
        raise RuleError(
            "BIL-73",
            _("Months go up in order. Declare %(month)s first. (TR318)")
            % {"month": month_nl(min(new))},
        )
    if not found.due:
        raise RuleError("BIL-74", _("Nothing new is to be declared."))


@transaction.atomic
def send(
    *, scope: Scope, part: ContractMunicipality, month: Month, seen: str = ""
) -> UpwardDeclaration:
    """Declare to the municipality what is new or changed up to and including a month.

    `seen` is the digest of the proposal that a person looked at; empty where nobody did. Raises
    what `check_month` raises; ConflictError where it is not what the person looked at any more.
    """
    policies.check_can_declare_upward(scope, part.main_contractor_id)
    # One declaration of a contract at a time: lines, totals and months are judged across them.
    contract = (
        MunicipalContract.objects.visible_to(scope).select_for_update().get(pk=part.contract_id)
    )
    part = (
        ContractMunicipality.objects.visible_to(scope)
        .select_related("municipality")
        .get(pk=part.pk)
    )
    part.contract = contract
    found = proposal(scope, part, month)
    check_month(scope, found)
    if seen and seen != found.digest:
        raise ConflictError(
            _("What goes up has changed since you looked. Look again, and confirm.")
        )
    return _sent(scope, found)


def _sent(scope: Scope, found: Proposal) -> UpwardDeclaration:
    part = found.part
    number = f"U{next_number(part.main_contractor_id, _SERIES):09d}"
    lines = list(_numbered(number, found.due))
    declaration = UpwardDeclaration.objects.create(
        main_contractor_id=part.main_contractor_id,
        contract_id=part.contract_id,
        municipality_id=part.municipality_id,
        family=part.contract.family,
        number=number,
        month=found.month.first,
        declared_on=scope.today,
        submitted=found.amount,
        line_count=len(lines),
        recorded_at=scope.at,
        sent_by_id=scope.user_id or None,
        message=_message(scope, found, number, lines),
    )
    _store(declaration, lines)
    _settle_refused(scope, declaration)
    audit.record(
        scope,
        "upward_declaration.sent",
        declaration,
        lines=len(lines),
        submitted=str(found.amount),
    )
    return declaration


@dataclass(frozen=True)
class _Numbered:
    """One service line with its place and reference; a credit names the line it takes back."""

    place: int
    reference: str
    due: Due
    claim: Claim
    credits: UpwardLine | None

    @property
    def previous(self) -> str:
        return self.credits.reference if self.credits else ""


def _numbered(number: str, due: Sequence[Due]) -> Iterator[_Numbered]:
    """The lines in the order of the document: by client, of each key the credit first."""
    place = 0
    for one in due:
        for taken, claim in (
            (one.credit, claim_of(one.credit) if one.credit else None),
            (None, one.debit),
        ):
            if claim is not None:
                place += 1
                yield _Numbered(place, f"{number}R{place:06d}", one, claim, taken)


def _message(
    scope: Scope, found: Proposal, number: str, lines: Sequence[_Numbered]
) -> OutgoingMessage:
    part = found.part
    main = MainContractor.objects.select_related("organisation").get(pk=part.main_contractor_id)
    envelope = builders.Envelope(
        family=Family(part.contract.family),
        sender=main.agb,
        receiver=part.municipality.code,
        number=next_identification(scope, part.main_contractor_id),
        day=scope.today,
    )
    message = builders.declaration(
        envelope,
        number,
        ClosedPeriod(start=found.month.first, end=found.month.last),
        [(line.due.client.bsn or "", _service_line(line)) for line in lines],
    )
    _check(message)
    return outtray.put(
        scope=scope,
        main_contractor_id=part.main_contractor_id,
        to=part.municipality,
        message=message,
        key=f"{_SERIES}:{number}",
    )


def _check(message: DeclarationMessage) -> None:
    """Raises RuleError BIL-75 for a message that the municipality would have to refuse."""
    if findings := validate(message):
        rules = ", ".join(sorted({one.rule for one in findings}))
        raise RuleError(
            "BIL-75", _("This cannot be declared: the message breaks %(rules)s.") % {"rules": rules}
        )


def _service_line(line: _Numbered) -> ServiceLine:
    claim, due = line.claim, line.due
    return ServiceLine(
        reference=LineReference(number=line.reference, previous=line.previous),
        allocation_number=due.allocation.number,
        category=due.product.category,
        code=due.product.code,
        product_period=ClosedPeriod(start=claim.period.start, end=claim.last_day),
        delivered_volume=claim.volume,
        unit=claim.unit,
        tariff=None if claim.tariff is None else to_cents(claim.tariff),
        submitted_amount=Amount(
            cents=to_cents(claim.amount), debit_credit=CREDIT if line.credits else DEBIT
        ),
    )


def _store(declaration: UpwardDeclaration, lines: Sequence[_Numbered]) -> None:
    # First what is taken back: only then may another debit stand for the same care.
    taken = [line.credits.pk for line in lines if line.credits]
    UpwardLine.objects.filter(declaration__contract=declaration.contract_id, pk__in=taken).update(
        is_credited=True
    )
    rows = UpwardLine.objects.bulk_create(_row(declaration, line) for line in lines)
    owner = {"main_contractor_id": declaration.main_contractor_id}
    debits = [
        (row, line.due.built) for row, line in zip(rows, lines, strict=True) if not line.credits
    ]
    UpwardContribution.objects.bulk_create(
        [
            *(
                UpwardContribution(**owner, line=row, declared_line_id=of)
                for row, built in debits
                for of in built.lines
            ),
            *(
                UpwardContribution(**owner, line=row, invoice_line_id=of)
                for row, built in debits
                for of in built.invoiced
            ),
        ]
    )


def _row(declaration: UpwardDeclaration, line: _Numbered) -> UpwardLine:
    claim, key = line.claim, line.due.key
    return UpwardLine(
        main_contractor_id=declaration.main_contractor_id,
        declaration=declaration,
        family=declaration.family,
        line=line.place,
        allocation_id=key.allocation,
        product_id=key.product,
        month=key.month,
        start_date=claim.period.start,
        end_date=claim.last_day,
        volume=claim.volume,
        unit=claim.unit,
        tariff=claim.tariff,
        amount=claim.amount,
        reference=line.reference,
        is_credit=line.credits is not None,
        credits=line.credits,
    )


def _settle_refused(scope: Scope, declaration: UpwardDeclaration) -> None:
    """Messages refused as a whole need nobody any more: this one says what they said."""
    refused = UpwardDeclaration.objects.visible_to(scope).filter(
        contract=declaration.contract_id,
        municipality=declaration.municipality_id,
        status=UpwardDeclaration.Status.REFUSED,
    )
    settling.corrected(
        scope=scope,
        refused=OutgoingMessage.objects.visible_to(scope)
        .refused()
        .filter(pk__in=refused.values("message")),
    )
