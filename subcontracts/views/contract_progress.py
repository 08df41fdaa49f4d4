"""How far a subcontract is: what is in order, the next step, and the versions that were offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, moment_nl
from subcontracts import words
from subcontracts.funding_words import EXPLANATIONS, line_facts
from subcontracts.models import FundingLine, Placement, Subcontract, SubcontractVersion, Tariff
from subcontracts.rules.contracttext import ContractText, Difference, differences
from subcontracts.rules.funding_parameters import Products, products_of
from subcontracts.rules.readiness import Check, Stage, checks
from subcontracts.selectors.contracttext import unrecorded
from subcontracts.selectors.readiness import facts_of
from subcontracts.selectors.tariff_rounds import published_in

_Status = Subcontract.Status
#: A line can be added: before it was offered, and once it runs.
_CHANGES = (_Status.DRAFT, *Subcontract.RUNNING)
_READS_TEXT = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}) | SUBCONTRACTOR


def progress_of(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """What the page of a subcontract shows about its set-up, to who may see it."""
    is_setting_up = contract.is_set_up
    # Of one that runs it counts what the municipality asks by now.
    day = contract.start_date if is_setting_up else max(scope.today, contract.start_date)
    found = checks(facts_of(contract, day)) if may_change else []
    versions = list(contract.versions.visible_to(scope)) if scope.role in _READS_TEXT else []
    return {
        "is_setting_up": may_change and is_setting_up,
        "checks": [(_stage_text(one), one.text, one.is_met) for one in found],
        "steps": _steps(contract) if may_change else [],
        "funding": _funding(contract) if may_change and contract.status in _CHANGES else [],
        "notices": [] if is_setting_up else [*_notices(found), *_outlived(scope, contract)],
        "text_url": reverse("subcontract_text", args=[contract.pk])
        if scope.role in _READS_TEXT
        else "",
        "versions": _versions(versions),
        "differences": _differences(versions),
        "unrecorded": _unrecorded(contract) if may_change and not is_setting_up else {},
    }


def _stage_text(check: Check) -> str:
    return {
        Stage.OFFER: _("To offer it"),
        Stage.START: _("To let it begin"),
        Stage.SEEN: _("To be closed or known"),
        Stage.NOTICE: _("Good to know"),
    }[check.stage]


def _notices(found: Sequence[Check]) -> list[tuple[str, str]]:
    """Of a contract that runs, only gaps and what no longer fits the municipal one."""
    titles = {
        "CON-21": _("This contract goes on after the municipal contract."),
        "CON-51": _("A duty of the municipal contract does not come back here."),
        "CON-240": _("Care without a tariff cannot be paid."),
        "CON-241": _("Care cannot be placed on days under no funding line."),
    }
    return [(titles[one.code], one.text) for one in found if one.code in titles and not one.is_met]


def _outlived(scope: Scope, contract: Subcontract) -> list[tuple[str, str]]:
    """Care that was agreed for longer than the contract lasts, to be moved or ended in time."""
    if contract.end_date is None:
        return []
    count = (
        Placement.objects.visible_to(scope)
        .live()
        .filter(Q(end_date=None) | Q(end_date__gt=contract.end_date), subcontract=contract)
        .count()
    )
    if not count:
        return []
    text = ngettext(
        "%(count)s placement goes on after %(day)s, the last day of this contract.",
        "%(count)s placements go on after %(day)s, the last day of this contract.",
        count,
    )
    title = _("Care lasts longer than this contract.")
    return [(title, text % {"count": count, "day": date_nl(contract.end_date)})]


def _steps(contract: Subcontract) -> list[tuple[str, str, str]]:
    """The steps that exist now: label, address, and which sort of button."""
    steps = {
        _Status.DRAFT: [
            (_("Offer contract"), "subcontract_offer", "primary"),
            (_("Change the terms"), "subcontract_change", "secondary"),
            (_("Read tariffs in"), "subcontract_tariff_file", "secondary"),
        ],
        _Status.OFFERED: [
            (_("Record the signing"), "subcontract_sign", "primary"),
            (_("Take offer back"), "subcontract_withdraw", "subtle"),
        ],
        _Status.SIGNED: [(_("Let contract begin"), "subcontract_start", "primary")],
    }
    return [
        (label, reverse(name, args=[contract.pk]), kind)
        for label, name, kind in steps.get(_Status(contract.status), [])
    ]


def _funding(contract: Subcontract) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The forms that a line can have: those that pay for care, and those that lie beside them.

    Each with its explanation and the address where a line is added.
    """
    groups: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for form in FundingLine.Form:
        url = reverse("subcontract_add_line", args=[contract.pk, form.value])
        row = (capfirst(str(form.label)), str(EXPLANATIONS[form]), url)
        groups[products_of(form) is Products.NEEDED].append(row)
    return [(_("Pays for care"), groups[True]), (_("Beside the care"), groups[False])]


def _versions(versions: Sequence[SubcontractVersion]) -> dict[str, Any]:
    return {
        "caption": _("Versions"),
        "headers": [
            _("Version"),
            _("Kept on"),
            _("Because"),
            _("Signed"),
            _("Signed by"),
            _("Files"),
        ],
        "rows": [
            (
                str(one.number),
                moment_nl(one.offered_at),
                _because(one),
                date_nl(one.signed_on) if one.signed_on else "–",
                f"{one.signed_for_us}; {one.signed_for_them}" if one.signed_on else "–",
                _files(one),
            )
            for one in versions
        ],
    }


def _because(version: SubcontractVersion) -> str:
    if version.agreed_on is None:
        return _("Offered")
    agreed = _("%(reason)s (agreed on %(day)s)")
    return agreed % {"reason": version.reason, "day": date_nl(version.agreed_on)}


def _files(version: SubcontractVersion) -> SafeString:
    label = _("As amended (PDF)") if version.is_amendment else _("As offered (PDF)")
    files = [(reverse("version_text", args=[version.pk]), label)]
    if version.signed_on:
        files.append((reverse("version_signed", args=[version.pk]), _("Signed (PDF)")))
    links = format_html_join(", ", '<a href="{}">{}</a>', files)
    return format_html("<span>{}</span>", links)


def _differences(versions: Sequence[SubcontractVersion]) -> dict[str, Any]:
    """What the newest version says otherwise than the one before."""
    rows: list[Difference] = []
    if len(versions) > 1:
        newest, before = (ContractText.read(one.text) for one in versions[:2])
        rows = differences(before, newest)
    return _compared(_("What the newest version says otherwise"), rows)


def _unrecorded(contract: Subcontract) -> dict[str, Any]:
    """What a contract that runs says by now and no version does."""
    return _compared(_("Changed since the newest version"), unrecorded(contract))


def _compared(caption: str, found: Sequence[Difference]) -> dict[str, Any]:
    return {
        "caption": caption,
        "headers": [pgettext("contract", "About"), _("Was"), _("Is")],
        "rows": [
            (f"{one.section}: {one.what}", one.before or "–", one.after or "–") for one in found
        ],
    }


def line_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """The funding lines with their terms; those of a draft can be changed."""
    lines = contract.funding_lines.visible_to(scope).prefetch_related("line_products__product")
    family = contract.municipal_contract.family
    is_draft = may_change and contract.status == _Status.DRAFT
    headers = [_("Line"), _("Form"), _("Agreed"), _("Period"), _("Products")]
    return {
        "caption": _("Funding lines"),
        "headers": [*headers, _("Change")] if is_draft else headers,
        "rows": [
            (
                _line_name(scope, line),
                line.get_form_display(),
                "; ".join(f"{label}: {text}" for label, text in line_facts(line, family)) or "–",
                days_of(line.start_date, line.end_date),
                ", ".join(str(row.product) for row in line.line_products.all()) or "–",
                *([_line_links(line)] if is_draft else []),
            )
            for line in lines
        ],
    }


def _line_name(scope: Scope, line: FundingLine) -> str:
    """The name, which leads to its amounts for who may read them."""
    if scope.role not in _READS_TEXT:
        return line.name
    url = reverse("funding_line_amounts", args=[line.pk])
    return format_html('<a href="{}">{}</a>', url, line.name)


def _line_links(line: FundingLine) -> SafeString:
    return format_html(
        # One cell on a phone, where a cell is a row of its parts.
        '<span><a href="{}">{}</a>, <a href="{}">{}</a></span>',
        reverse("funding_line_change", args=[line.pk]),
        _("Change"),
        reverse("funding_line_remove", args=[line.pk]),
        _("Take out"),
    )


def tariff_table(scope: Scope, contract: Subcontract, *, may_change: bool) -> dict[str, Any]:
    """The tariffs with their time; those of a draft can be taken out."""
    tariffs = contract.tariffs.visible_to(scope).select_related("product")
    is_draft = may_change and contract.status == _Status.DRAFT
    rounds = published_in(scope, contract)
    headers = [_("Product"), _("Tariff"), _("Period")]
    return {
        "caption": _("Tariffs"),
        "headers": [*headers, _("Change")] if is_draft else headers,
        "rows": [
            (
                str(row.product),
                _price(row, rounds.get((row.product_id, row.start_date, row.amount))),
                days_of(row.start_date, row.end_date),
                *([_tariff_link(row.pk)] if is_draft else []),
            )
            for row in tariffs
        ],
    }


def _price(row: Tariff, round_id: int | None) -> str | SafeString:
    """The tariff; it leads to how it was built up, where that was published."""
    text = words.tariff_text(row.amount, row.unit)
    if round_id is None:
        return text
    url = reverse("tariff_round_detail", args=[round_id])
    return format_html('<a class="ha-link" href="{}">{}</a>', url, text)


def _tariff_link(pk: int) -> SafeString:
    url = reverse("tariff_remove", args=[pk])
    return format_html('<a href="{}">{}</a>', url, _("Take out"))
