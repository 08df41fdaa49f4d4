"""What lines of a production statement rest on, read for all of them in few queries."""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from billing.models import (
    Entitlement,
    FteReport,
    Hold,
    InvoiceFinding,
    InvoiceLine,
    LineFinding,
    Payment,
    ProductionLine,
    StatementLine,
    WorkerShare,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from messaging.models import IncomingMessage
from qualifications.selectors import Register, load_register
from subcontracts.models import (
    AllocationVersion,
    Client,
    DeliveryStart,
    PlacementProfessional,
    SubcontractVersion,
    Tariff,
)

#: What an invoiced line rests on, read with it.
_INVOICED: Final = (
    *("invoice", "decided_by", "indication__allocation", "indication__product"),
    *("credits__invoice", "credits__indication__allocation", "credits__indication__product"),
)
_M = TypeVar("_M", bound=Model)
Facts = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Sources:
    """Everything that some lines rest on, read once; rows by the key of what they belong to."""

    register: Mapping[int, Register]
    sealed: frozenset[int]
    messages: Mapping[int, str]
    starts: Mapping[int, list[DeliveryStart]]
    allocated: Mapping[int, list[AllocationVersion]]
    workers: Mapping[int, list[PlacementProfessional]]
    shares: Mapping[int, list[WorkerShare]]
    findings: Mapping[int, list[LineFinding]]
    invoice_findings: Mapping[int, list[InvoiceFinding]]
    #: SHA-256 of the file that an invoice came in.
    originals: Mapping[int, str]
    versions: Mapping[int, list[SubcontractVersion]]
    tariffs: Mapping[int, list[Tariff]]
    reports: Mapping[tuple[int, Any], FteReport]
    postings: Mapping[int, list[StatementLine]]
    payments: Mapping[int, list[Payment]]
    holds: Mapping[int, list[Hold]]

    def message(self, row: Any) -> Facts:
        """The message that brought a row, and what its bytes were, where one did."""
        if text := self.messages.get(row.message_id or 0):
            yield _("Original message"), text


def lines_with_entitlements(scope: Scope, pks: Iterable[int]) -> list[ProductionLine]:
    """Lines with all that is read of them."""
    of = "entitlement"
    return list(
        ProductionLine.objects.visible_to(scope)
        .filter(pk__in=list(pks))
        .select_related(
            "provider_organisation",
            "statement__municipality",
            "own_team_row__report",
            *(f"{of}__invoice_line__{name}" for name in _INVOICED),
            f"{of}__corrects",
            f"{of}__corrects_part",
            f"{of}__funding_line__subcontract",
            f"{of}__step",
            f"{of}__placement__allocation__product",
            f"{of}__placement__product",
            f"{of}__declared_line__declaration",
        )
        .defer(f"{of}__invoice_line__credits__invoice__content")
    )


def sources_of(scope: Scope, lines: Sequence[ProductionLine]) -> Sources:
    """Everything these lines rest on."""
    entitled = [line.entitlement for line in lines if line.entitlement]
    invoiced = [one.invoice_line for one in entitled if one.invoice_line]
    placements = {one.placement_id for one in entitled if one.placement_id}
    allocations = {one.placement.allocation_id for one in entitled if one.placement}
    contracts = {one.funding_line.subcontract_id for one in entitled if one.funding_line}
    declared = {one.declared_line_id for one in entitled if one.declared_line_id}
    starts = DeliveryStart.objects.visible_to(scope).live().filter(placement__in=placements)
    versions = AllocationVersion.objects.visible_to(scope).filter(allocation__in=allocations)
    started, allocated = _by(starts, "placement_id"), _by(versions, "allocation_id")
    postings = StatementLine.objects.visible_to(scope).filter(
        entitlement__in=[one.pk for one in entitled]
    )
    posted = list(
        postings.select_related("statement").defer("statement__pdf", "statement__document")
    )
    payments = Payment.objects.visible_to(scope).filter(
        statement__in={one.statement_id for one in posted}
    )
    indications = {one.indication_id for line in invoiced for one in (line, line.credits) if one}
    clients = Client.objects.visible_to(scope).filter(
        Q(placements__in=placements) | Q(indications__in=indications - {None})
    )
    return Sources(
        register=_registers(entitled),
        sealed=frozenset(clients.filter(is_sealed=True).values_list("pk", flat=True)),
        messages=_messages(entitled, started, allocated),
        starts=started,
        allocated=allocated,
        workers=_by(
            PlacementProfessional.objects.visible_to(scope)
            .filter(placement__in=placements)
            .select_related("professional"),
            "placement_id",
        ),
        shares=_by(
            WorkerShare.objects.visible_to(scope)
            .filter(declared_line__in=declared)
            .select_related("professional"),
            "declared_line_id",
        ),
        findings=_by(
            LineFinding.objects.visible_to(scope).filter(declared_line__in=declared),
            "declared_line_id",
        ),
        invoice_findings=_by(
            InvoiceFinding.objects.visible_to(scope).filter(
                invoice_line__in=[one.pk for one in invoiced]
            ),
            "invoice_line_id",
        ),
        originals=_originals(invoiced),
        versions=_by(
            SubcontractVersion.objects.visible_to(scope)
            .filter(subcontract__in=contracts)
            .defer("text", "signed_file")
            .order_by("number"),
            "subcontract_id",
        ),
        tariffs=_by(
            Tariff.objects.visible_to(scope).filter(subcontract__in=contracts), "subcontract_id"
        ),
        reports={
            (one.funding_line_id, one.month): one
            for one in FteReport.objects.visible_to(scope)
            .handed_in()
            .filter(funding_line__in={one.funding_line_id for one in entitled})
        },
        postings=_by(posted, "entitlement_id"),
        payments=_by(payments.select_related("run").defer("run__file"), "statement_id"),
        holds=_by(
            Hold.objects.visible_to(scope).filter(entitlement__in=[one.pk for one in entitled]),
            "entitlement_id",
        ),
    )


def _by(rows: Iterable[_M], column: str) -> dict[int, list[_M]]:
    found: defaultdict[int, list[_M]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return dict(found)


def _originals(invoiced: Sequence[InvoiceLine]) -> dict[int, str]:
    """What the bytes of each invoice were, where it came as a file."""
    invoices = {one.invoice.pk: one.invoice for one in invoiced}
    return {
        pk: sha256(b64decode(one.content)).hexdigest()
        for pk, one in invoices.items()
        if one.content
    }


def _registers(entitled: Sequence[Entitlement]) -> dict[int, Register]:
    """Requirements and proofs by main contractor: there is one."""
    providers = {one.provider_organisation_id for one in entitled}
    mains = {one.main_contractor_id for one in entitled}
    return {main: load_register(main, providers) for main in mains}


def _messages(
    entitled: Sequence[Entitlement],
    started: Mapping[int, list[DeliveryStart]],
    allocated: Mapping[int, list[AllocationVersion]],
) -> dict[int, str]:
    """Messages of these rows, each in words with the hash of its bytes; never what is in it.

    Not through `visible_to`: a controller reads of an allocation or start how it came, and its
    content stands apart. The caller's transaction still sees the own main contractor's alone.
    """
    begun = [one.message_id for rows in started.values() for one in rows]
    decided = [one.message_id for rows in allocated.values() for one in rows]
    keys = {key for key in (*begun, *decided) if key} | {
        one.declared_line.declaration.message_id
        for one in entitled
        if one.declared_line and one.declared_line.declaration.message_id
    }
    rows = IncomingMessage.objects.filter(pk__in=keys).values_list(
        "pk", "message_type", "sender", "identification", "message_date", "digest"
    )
    return {
        pk: _("%(type)s %(number)s of %(sender)s, %(day)s; SHA-256 %(digest)s")
        % {
            "type": kind,
            "number": number,
            "sender": sender,
            "day": date_nl(day),
            "digest": bytes(digest).hex(),
        }
        for pk, kind, sender, number, day, digest in rows
    }
