"""What stands behind lines of a production statement, from allocation to payment, in words.

In the active language, and needing no system: what is drawn is frozen with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import (
    DeclaredLine,
    Entitlement,
    ProductionLine,
)
from billing.rules.evidence import Section
from billing.selectors.evidence_invoiced import invoiced_sections, own_team_sections
from billing.selectors.evidence_sources import Sources, sources_of
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, moment_nl, month_nl
from qualifications.selectors import Register
from subcontracts.models import (
    FundingLine,
    Placement,
)
from subcontracts.words import extent_text, tariff_text, volume_text

Facts = Iterable[tuple[str, str]]


def evidence_of(scope: Scope, lines: Sequence[ProductionLine]) -> dict[int, tuple[Section, ...]]:
    """The links of each line, by its key, in the order of the chain."""
    sources = sources_of(scope, lines)
    return {line.pk: tuple(_sections(line, sources)) for line in lines}


def _sections(line: ProductionLine, known: Sources) -> Iterator[Section]:
    yield Section(_("Line"), tuple(_line(line)))
    entitlement = line.entitlement
    if entitlement is None:
        yield from own_team_sections(line)
        return
    if entitlement.invoice_line:
        yield from invoiced_sections(entitlement.invoice_line, known)
    else:
        yield from _contracted(line, entitlement, known)
    yield Section(_("Monthly statement"), tuple(_stated(entitlement, known)))
    yield _paid(entitlement, known)


def _contracted(
    line: ProductionLine, entitlement: Entitlement, known: Sources
) -> Iterator[Section]:
    placement = entitlement.placement
    if placement is None:
        reason = _("This form pays for no client in particular.")
        yield Section(_("Allocation"), (), reason)
        yield Section(_("Placement"), (), reason)
        yield Section(_("Start of care"), (), reason)
    else:
        is_sealed = placement.client_id in known.sealed
        yield Section(_("Allocation"), tuple(_allocation(placement, known, is_sealed=is_sealed)))
        yield Section(_("Placement"), tuple(_placement(line, placement, is_sealed=is_sealed)))
        yield Section(_("Start of care"), tuple(_start(placement, known)))
    yield _declaration(entitlement, known)
    yield Section(_("Contract and tariff"), tuple(_contract(line, entitlement, known)))
    yield _qualified(line, entitlement, known)


def _line(line: ProductionLine) -> Facts:
    yield _("Key"), line.key
    yield _("Municipality"), line.statement.municipality.name
    yield _("Subcontractor"), line.provider_organisation.name
    yield _("Month"), month_nl(line.month)
    if line.code:
        yield _("Product"), f"{line.code} {line.name}"
    yield _("Form"), str(line.get_form_display())
    yield _("Amount"), format_euro(line.amount)
    of = line.entitlement or line.own_team_row
    if of and line.amount != of.amount:
        whole = format_euro(of.amount)
        yield _("Share of"), _("%(amount)s for all municipalities") % {"amount": whole}
    if line.entitlement is None:
        return
    yield _("How computed"), line.entitlement.why.sentence()
    if taken := line.entitlement.takes_back:
        yield _("Corrects"), taken.reference


def _allocation(placement: Placement, known: Sources, *, is_sealed: bool) -> Facts:
    row = placement.allocation
    yield _("Allocation"), pgettext("client", "sealed") if is_sealed else str(row.number)
    yield _("Period"), days_of(row.start_date, row.end_date)
    if extent := extent_text(row):
        yield _("Extent"), extent
    for version in known.allocated.get(row.pk, []):
        yield _("Decided on"), moment_nl(version.decided_at)
        yield from known.message(version)


def _placement(line: ProductionLine, placement: Placement, *, is_sealed: bool) -> Facts:
    yield _("Placement"), pgettext("client", "sealed") if is_sealed else str(placement.number)
    yield _("At"), line.provider_organisation.name
    yield _("Period"), days_of(placement.start_date, placement.end_date)
    yield _("Status"), str(placement.get_status_display())
    if placement.replied_at:
        silent = placement.accepted_by_silence
        how = _("by silence") if silent else _("by the subcontractor")
        yield _("Answered"), f"{moment_nl(placement.replied_at)}, {how}"


def _start(placement: Placement, known: Sources) -> Facts:
    for row in known.starts.get(placement.pk, []):
        yield _("Start of care"), date_nl(row.begin_date)
        yield _("Reported on"), moment_nl(row.recorded_at)
        yield from known.message(row)


def _declaration(entitlement: Entitlement, known: Sources) -> Section:
    title = _("Declared line and verdict")
    if row := entitlement.declared_line:
        return Section(title, tuple(_declared(row, known)))
    if entitlement.form == FundingLine.Form.FTE:
        return Section(title, tuple(_reported(entitlement, known)))
    if entitlement.form == FundingLine.Form.PXQ:
        return Section(title, (), _("What was allocated is paid: no declaration is asked."))
    return Section(title, (), _("Nothing is declared under this form."))


def _declared(row: DeclaredLine, known: Sources) -> Facts:
    declaration = row.declaration
    words = {"number": declaration.number, "line": row.line}
    yield _("Declaration"), _("%(number)s, line %(line)s") % words
    yield _("Received"), f"{moment_nl(declaration.recorded_at)}, {declaration.get_source_display()}"
    yield from known.message(declaration)
    yield _("Reference"), row.reference
    yield _("Period"), days_of(row.start_date, row.end_date)
    yield pgettext("of production", "Number"), volume_text(row.volume, row.unit)
    amount = format_euro(-row.amount if row.is_credit else row.amount)
    yield _("Declared"), amount
    yield _("Verdict"), _("approved") if row.is_approved else _("rejected")
    rules = [one.rule for one in known.findings.get(row.pk, [])]
    yield _("Findings"), ", ".join(rules) or _("none")


def _reported(entitlement: Entitlement, known: Sources) -> Facts:
    report = known.reports.get((entitlement.funding_line_id or 0, entitlement.month))
    if report and report.submitted_at:
        yield (
            _("FTE report of %(month)s") % {"month": month_nl(report.month)},
            _("handed in on %(moment)s") % {"moment": moment_nl(report.submitted_at)},
        )


def _contract(line: ProductionLine, entitlement: Entitlement, known: Sources) -> Facts:
    funding = entitlement.funding_line
    if funding is None:
        return
    contract = funding.subcontract
    yield _("Subcontract"), contract.number
    signed = date_nl(contract.signed_on) if contract.signed_on else _("not signed")
    yield _("Signed on"), signed
    yield _("Funding line"), f"{funding.name}, {days_of(funding.start_date, funding.end_date)}"
    last = Month.of(line.month).last
    for version in known.versions.get(contract.pk, []):
        day = version.signed_on or version.agreed_on
        if day is None or day > last:
            continue
        text = _("%(number)s of %(day)s") % {"number": version.number, "day": date_nl(day)}
        if version.signed_digest:
            text = f"{text}; SHA-256 {bytes(version.signed_digest).hex()}"
        yield _("Version of the contract"), text
    declared = entitlement.declared_line
    for tariff in known.tariffs.get(contract.pk, []) if declared else []:
        in_force = Period(tariff.start_date, tariff.end_date)
        if (
            declared
            and tariff.product_id == declared.product_id
            and in_force.contains(declared.start_date)
        ):
            shown = tariff_text(tariff.amount, tariff.unit)
            yield _("Tariff"), f"{shown}, {days_of(tariff.start_date, tariff.end_date)}"


def _asked(line: ProductionLine, entitlement: Entitlement) -> Period:
    """The days it is about."""
    if row := entitlement.declared_line:
        return Period(row.start_date, row.end_date)
    return Month.of(line.month).period


def _qualified(line: ProductionLine, entitlement: Entitlement, known: Sources) -> Section:
    title = _("Qualified")
    register = known.register[line.main_contractor_id]
    product = entitlement.product_id or (
        entitlement.placement.product_id if entitlement.placement else None
    )
    if product is None:
        return Section(title, (), _("This form pays for no client in particular."))
    if not register.demands:
        return Section(title, (), _("No requirements were set."))
    asked, provider = _asked(line, entitlement), line.provider_organisation_id
    named = {
        one.professional_id: one for one in known.workers.get(entitlement.placement_id or 0, [])
    }
    facts = [(line.provider_organisation.name, _lacks(register, product, asked, provider, None))]
    for pk, one in named.items():
        during = asked.intersection(Period(one.start_date, one.end_date))
        if during:
            told = _lacks(register, product, during, provider, pk)
            facts.append((_("Professional %(name)s") % {"name": one.professional.reference}, told))
    for share in known.shares.get(entitlement.declared_line_id or 0, []):
        name = _("Volume of %(name)s") % {"name": share.professional.reference}
        facts.append((name, str(share.volume)))
    return Section(title, tuple(facts))


def _lacks(
    register: Register, product: int, asked: Period, provider: int, professional: int | None
) -> str:
    """Whether every requirement was met on each of these days, or which was not and on how many."""
    subject = "organisation" if professional is None else "professional"
    told = []
    for demand in register.demands:
        is_asked = demand.applies_to == subject and (
            not demand.products or product in demand.products
        )
        if is_asked and (days := register.days_lacking(demand, asked, provider, professional)):
            told.append(
                _("%(name)s not shown on %(count)s days")
                % {"name": demand.name, "count": len(days)}
            )
    return "; ".join(told) or _("met on all days")


def _stated(entitlement: Entitlement, known: Sources) -> Facts:
    for posting in known.postings.get(entitlement.pk, []):
        statement = posting.statement
        yield _("Monthly statement"), f"{statement.number}, {month_nl(statement.month)}"
        yield _("Issued"), moment_nl(statement.issued_at)
        yield _("Amount on it"), format_euro(posting.amount)
        yield _("PDF"), f"SHA-256 {statement.pdf_digest}"
    for hold in known.holds.get(entitlement.pk, []):
        until = (
            _("released on %(moment)s") % {"moment": moment_nl(hold.released_at)}
            if hold.released_at
            else _("still held")
        )
        yield str(hold.get_kind_display()), f"{format_euro(hold.amount)}, {until}"


def _paid(entitlement: Entitlement, known: Sources) -> Section:
    statements = [one.statement for one in known.postings.get(entitlement.pk, [])]
    facts = [
        (
            one.end_to_end_id,
            _("%(amount)s on %(day)s, run %(run)s")
            % {
                "amount": format_euro(one.amount),
                "day": date_nl(one.execution_date),
                "run": one.run.number,
            }
            + ("; " + _("came back") if one.failed_at else ""),
        )
        for statement in statements
        for one in known.payments.get(statement.pk, [])
    ]
    nothing = statements and not any(one.payable for one in statements)
    reason = _("Nothing was to be paid on this statement.") if nothing else ""
    return Section(_("Payment"), tuple(facts), "" if facts else reason)
