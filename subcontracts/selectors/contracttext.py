"""The text of a subcontract, made from its data: what is offered, and read before that."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, period_of
from subcontracts import gates, words
from subcontracts.funding_words import EXPLANATIONS, line_facts
from subcontracts.models import FundingLine, ReportingDuty, Subcontract
from subcontracts.rules.contracttext import ContractText, Difference, Section, differences
from subcontracts.rules.flowdown import REPORT
from subcontracts.selectors.divisions import shares_on, steps_of
from subcontracts.selectors.sunsets import follow_up_text

_NONE = "–"


def text_of(subcontract: Subcontract) -> ContractText:
    """What the contract says now, in the active language."""
    lines = subcontract.funding_lines.prefetch_related("line_products__product")
    sections = [
        _parties(subcontract),
        _task(subcontract),
        _agreements(subcontract),
        *(_line(subcontract, line) for line in lines.order_by("start_date", "pk")),
        _sunsets(subcontract),
        _clauses(subcontract),
        _options(subcontract),
        _tariffs(subcontract),
        *gates.annexes(subcontract),
        _reports(subcontract),
    ]
    return ContractText(
        _("Subcontract %(number)s") % {"number": subcontract.number},
        [one for one in sections if one.facts or one.rows],
    )


def kept_text_of(subcontract: Subcontract) -> ContractText:
    """What the contract says now, in the language in which versions are kept, whoever asks."""
    with translation.override(settings.LANGUAGE_CODE):
        return text_of(subcontract)


def unrecorded(subcontract: Subcontract) -> list[Difference]:
    """What a contract says by now that stands in no version; nothing where it has no version."""
    newest = subcontract.versions.order_by("-number").first()
    if newest is None:
        return []
    return differences(ContractText.read(newest.text), kept_text_of(subcontract))


def _parties(subcontract: Subcontract) -> Section:
    main = subcontract.main_contractor.organisation
    return Section(
        _("Parties"),
        headers=(_("Party"), _("Name"), _("Trade register"), _("Address")),
        rows=[
            (_("Main contractor"), *_party(main)),
            (_("Subcontractor"), *_party(subcontract.provider_organisation)),
        ],
    )


def _party(organisation: Organisation) -> tuple[str, str, str]:
    town = f"{organisation.postcode} {organisation.city}".strip()
    address = ", ".join(part for part in (organisation.street, town) if part)
    return organisation.name, organisation.kvk, address or _NONE


def _task(subcontract: Subcontract) -> Section:
    upper = subcontract.municipal_contract
    return Section(
        _("The task"),
        [
            (_("Under"), f"{upper.number} · {upper.name}"),
            (_("Law"), upper.get_family_display()),
            *_municipalities(subcontract),
            (_("Period"), period_of(subcontract.start_date, subcontract.end_date)),
            (_("The municipal contract runs"), period_of(upper.start_date, upper.end_date)),
        ],
    )


def _municipalities(subcontract: Subcontract) -> list[tuple[str, str]]:
    """Those on its first day, and those of each later day on which others take part."""
    upper, runs = (
        subcontract.municipal_contract,
        Period(subcontract.start_date, subcontract.end_date),
    )
    first = subcontract.start_date
    found: list[tuple[str, str]] = []
    days = {step.start for step in steps_of(upper) if runs.contains(step.start)}
    for day in sorted({first, *days}):
        names = ", ".join(part.municipality.name for part, _percent in shares_on(upper, day))
        label = _("Municipalities")
        if day > first:
            label = _("Municipalities from %(day)s on") % {"day": date_nl(day)}
        if not found or found[-1][1] != names:
            found.append((label, names))
    return found


def _agreements(subcontract: Subcontract) -> Section:
    yes, no = _("yes"), _("no")
    days = subcontract.reply_working_days
    reply = ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}
    facts = [
        (_("Consent of the municipality"), consent_text(subcontract)),
        (_("Acceptance duty"), yes if subcontract.has_acceptance_duty else no),
        (_("Reply time"), reply),
        *agreed(subcontract),
        *_ceilings(subcontract),
    ]
    return Section(_("Agreements"), facts)


def _ceilings(subcontract: Subcontract) -> list[tuple[str, str]]:
    """The ceiling with which it begins, and each other one from its day on."""
    first = subcontract.start_date
    amount = subcontract.ceiling_on(first)
    facts = [(_("Ceiling a calendar year"), _euros(amount))]
    for day in sorted({row.start_date for row in subcontract.ceilings.all()} - {first}):
        before, amount = amount, subcontract.ceiling_on(day)
        if amount != before:
            label = _("Ceiling a calendar year, from %(day)s on") % {"day": date_nl(day)}
            facts.append((label, _euros(amount)))
    if any(text != _NONE for _label, text in facts):
        facts.append((_("Signal of the ceiling"), f"{subcontract.ceiling_signal} %"))
    return facts


def agreed(subcontract: Subcontract) -> list[tuple[str, str]]:
    """What was agreed about notice, insurance and passing care on."""
    return [
        (_("May pass care on to others"), _("yes") if subcontract.may_subcontract else _("no")),
        *_refusing_offices(subcontract),
        (_("Notice"), _months(subcontract.notice_months)),
        *_client_stop_notice(subcontract),
        (_("May end without care for"), _months(subcontract.inactivity_months)),
        (_("Insured an event"), _euros(subcontract.insured_event)),
        (_("Insured a year"), _euros(subcontract.insured_year)),
    ]


def _refusing_offices(subcontract: Subcontract) -> list[tuple[str, str]]:
    """Named where it was agreed only: contracts from before say nothing of it."""
    if not subcontract.may_refuse_office:
        return []
    return [(_("An administration office may be refused"), _("yes"))]


def _client_stop_notice(subcontract: Subcontract) -> list[tuple[str, str]]:
    """Named where it was agreed only: contracts from before say nothing of it."""
    days = subcontract.client_stop_notice_days
    if days is None:
        return []
    text = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return [(_("Notice of a client stop"), text)]


def consent_text(subcontract: Subcontract) -> str:
    """Since when the municipality agreed to the subcontractor, and where that stands."""
    if subcontract.consent_on is None:
        return _NONE
    parts = (date_nl(subcontract.consent_on), subcontract.consent_reference)
    return " · ".join(part for part in parts if part)


def _months(count: int | None) -> str:
    if count is None:
        return _NONE
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def _euros(amount: Decimal | None) -> str:
    return _NONE if amount is None else format_euro(amount)


def _line(subcontract: Subcontract, line: FundingLine) -> Section:
    products = [row.product for row in line.line_products.all()]
    return Section(
        _("Funding: %(name)s") % {"name": line.name},
        [
            (_("Form"), f"{line.get_form_display()}. {EXPLANATIONS[line.form]}"),
            (_("Period"), days_of(line.start_date, line.end_date)),
            (_("Products"), _joined(str(product) for product in products)),
            *line_facts(line, subcontract.municipal_contract.family),
        ],
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts) or _NONE


def _sunsets(subcontract: Subcontract) -> Section:
    rows = subcontract.sunsets.select_related("line", "next_line").order_by("line__end_date", "pk")
    return Section(
        _("Temporary funding"),
        headers=(_("Line"), _("Last day"), _("What follows")),
        rows=[(row.line.name, date_nl(row.line.end_date), follow_up_text(row)) for row in rows],
    )


def _tariffs(subcontract: Subcontract) -> Section:
    rows = subcontract.tariffs.select_related("product").order_by("product__name", "start_date")
    return Section(
        _("Tariffs"),
        headers=(_("Product"), _("Tariff"), _("Period")),
        rows=[
            (
                str(row.product),
                words.tariff_text(row.amount, row.unit),
                days_of(row.start_date, row.end_date),
            )
            for row in rows
        ],
        is_annex=True,
    )


def _reports(subcontract: Subcontract) -> Section:
    """What the municipality asks of subcontractors too while the contract runs, and which clause
    says so.
    """
    period = Period(subcontract.start_date, subcontract.end_date)
    duties = ReportingDuty.objects.filter(
        contract=subcontract.municipal_contract_id, is_passed_on=True
    )
    clauses = {row.passes_on: row.code for row in subcontract.clauses.exclude(passes_on="")}
    return Section(
        _("Report duties"),
        headers=(
            *(_("What is reported"), _("Each"), _("Due"), _("For whom"), _("From")),
            _("Clause"),
        ),
        rows=[
            (
                row.name,
                row.get_rhythm_display(),
                due_text(row.due_days, row.due_in),
                row.recipient or _NONE,
                days_of(row.start_date, row.end_date),
                clauses.get(f"{REPORT}:{row.pk}", _NONE),
            )
            for row in duties.in_force_during(period).order_by("name", "pk")
        ],
        is_annex=True,
    )


def due_text(days: int, counted_in: str) -> str:
    """How long after a period a report is due, in words."""
    if counted_in == ReportingDuty.DueIn.WORKING_DAYS:
        text = ngettext(
            "%(count)s working day after the period",
            "%(count)s working days after the period",
            days,
        )
    else:
        text = ngettext("%(count)s day after the period", "%(count)s days after the period", days)
    return text % {"count": days}


def _options(subcontract: Subcontract) -> Section:
    return Section(
        _("Options to extend"),
        headers=(_("Option"), _("Extends by"), _("Announce by"), _("Outcome")),
        rows=[
            (
                str(row.position),
                _months(row.months),
                date_nl(row.announce_by),
                row.get_outcome_display() or _NONE,
            )
            for row in subcontract.options.order_by("position")
        ],
    )


def _clauses(subcontract: Subcontract) -> Section:
    rows = subcontract.clauses.order_by("code", "start_date")
    return Section(
        _("Clauses"),
        headers=(_("Clause"), _("Text"), _("Period")),
        rows=[(str(row), row.text, days_of(row.start_date, row.end_date)) for row in rows],
    )
