"""What stands behind care without a subcontract: an indication and an invoice, or an own team's
report. In the active language; no name and no BSN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Indication, InvoiceLine, ProductionLine
from billing.rules.evidence import Section
from billing.selectors.evidence_sources import Sources
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.templatetags.core_format import (
    date_nl,
    days_of,
    moment_nl,
    month_nl,
    volume,
)
from subcontracts.words import tariff_text, unit_text

Facts = Iterable[tuple[str, str]]


def invoiced_sections(line: InvoiceLine, known: Sources) -> Iterator[Section]:
    """Indication, allocation, invoice and verdict; of a credit those of the line it takes back."""
    care = line.credits or line
    indication = care.indication
    if indication is None:
        raise ValueError("an accepted line is about an indication")
    is_sealed = indication.client_id in known.sealed
    yield Section(_("Allocation"), *_allocation(indication, is_sealed=is_sealed))
    yield Section(_("Indication"), tuple(_indication(indication, is_sealed=is_sealed)))
    yield Section(_("Invoice line and verdict"), tuple(_invoiced(line, known)))
    reason = _("There is no subcontract: the indication says the price, and asks for no proofs.")
    yield Section(_("Contract and tariff"), (), reason)


def _allocation(
    indication: Indication, *, is_sealed: bool
) -> tuple[tuple[tuple[str, str], ...], str]:
    """Facts, or why there are none."""
    row = indication.allocation
    if row is None:
        return (), _("The indication rests on no allocation of the municipality.")
    number = pgettext("client", "sealed") if is_sealed else str(row.number)
    period = days_of(row.start_date, row.end_date)
    return ((_("Allocation"), number), (_("Period"), period)), ""


def _indication(row: Indication, *, is_sealed: bool) -> Facts:
    yield _("Reference"), pgettext("client", "sealed") if is_sealed else row.reference
    yield _("Decided by"), str(row.get_kind_display())
    yield _("Recorded"), moment_nl(row.recorded_at)
    yield _("Period"), days_of(row.start_date, row.end_date)
    yield _("Product"), f"{row.product.code} {row.product.name}"
    if row.volume is not None:
        extent = f"{volume(row.volume)} {unit_text(row.product.unit)}, {row.get_per_display()}"
        yield _("Extent"), extent
    if row.price is not None:
        yield _("Price at most"), tariff_text(row.price, row.product.unit)
    if row.budget is not None:
        yield _("Amount at most"), format_euro(row.budget)


def _invoiced(line: InvoiceLine, known: Sources) -> Facts:
    invoice = line.invoice
    words = {"number": invoice.number, "line": line.line}
    yield str(invoice.get_kind_display()), _("%(number)s, line %(line)s") % words
    yield _("Invoice date"), date_nl(invoice.invoice_date)
    yield _("Received"), f"{date_nl(invoice.received_date)}, {invoice.get_source_display()}"
    yield _("Entered"), moment_nl(invoice.entered_at)
    if digest := known.originals.get(invoice.pk):
        yield _("Original invoice"), f"SHA-256 {digest}"
    if line.credits:
        yield _("Takes back"), line.credits.reference
    yield _("Period"), days_of(line.start_date, line.end_date)
    yield pgettext("of production", "Number"), volume(line.quantity)
    yield _("Price"), format_euro(line.price)
    yield _("Invoiced"), format_euro(line.payable)
    yield from _verdict(line, known)


def _verdict(line: InvoiceLine, known: Sources) -> Facts:
    rules = [one.rule for one in known.invoice_findings.get(line.pk, [])]
    yield _("Findings"), ", ".join(rules) or _("none")
    if line.decided_by_id is None:
        yield _("Verdict"), _("accepted without a finding")
    else:
        yield (
            _("Verdict"),
            _("accepted by a second controller: %(ground)s") % {"ground": line.ground},
        )
    if line.decided_at:
        yield _("Decided on"), moment_nl(line.decided_at)


def own_team_sections(line: ProductionLine) -> Iterator[Section]:
    """The report that a cost stands in; nobody is paid by it."""
    row = line.own_team_row
    if row is None:
        raise ValueError("a line without an entitlement is a cost of an own team")
    report = row.report
    facts = [
        (_("Month"), month_nl(report.month)),
        (_("Job or cost"), row.description),
        (_("Amount"), format_euro(row.amount)),
    ]
    if row.fte is not None:
        facts.append((_("FTE"), volume(row.fte)))
    if row.hours is not None:
        facts.append((_("Hours worked"), volume(row.hours)))
    if report.submitted_at:
        facts.append((_("Handed in"), moment_nl(report.submitted_at)))
    yield Section(_("Report of the own team"), tuple(facts))
    yield Section(_("Payment"), (), _("An own team is paid nothing: these are its costs."))
