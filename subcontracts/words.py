"""Extents and stop reasons in words, with the labels of the official code lists."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hoofdaannemer.core.money import format_euro, from_cents
from hoofdaannemer.core.templatetags.core_format import date_long, period_of
from messaging.istandaard.codelists import code_list
from subcontracts.models import (
    Allocation,
    CareRequest,
    ChangedProduct,
    FormalDecision,
    Placement,
    RequestedProduct,
    Subcontract,
    Tariff,
)
from subcontracts.models.allocations import Extent
from subcontracts.rules.breaches import Cause

_EUROS = "83"


def extent_text(row: Extent) -> str:
    """How much care, such as "4 uur per week"; empty where nothing is said."""
    if row.budget is not None:
        return _("a budget of %(amount)s") % {"amount": format_euro(row.budget)}
    if row.volume is None:
        return ""
    return f"{volume_text(row.volume, row.unit)} {frequency_text(row.frequency)}".strip()


def frequency_text(code: str) -> str:
    """How often a volume is given, after the volume: "a week"; the list's own words are longer."""
    return {
        "1": pgettext("frequency", "a day"),
        "2": pgettext("frequency", "a week"),
        "4": pgettext("frequency", "a month"),
        "6": pgettext("frequency", "in all"),
    }.get(code, "")


def volume_text(volume: int, unit: str) -> str:
    """`1 hour`, `15 hours`; an amount for a volume in eurocents; a bare number without a unit."""
    if unit == _EUROS:
        return format_euro(from_cents(volume))
    counted = {
        "01": ngettext("%(count)s minute", "%(count)s minutes", volume),
        "04": ngettext("%(count)s hour", "%(count)s hours", volume),
        "14": ngettext("%(count)s day of 24 hours", "%(count)s days of 24 hours", volume),
        "16": ngettext("%(count)s day part", "%(count)s day parts", volume),
        "82": ngettext("%(count)s piece", "%(count)s pieces", volume),
        "84": ngettext("%(count)s piece", "%(count)s pieces", volume),
    }
    return counted.get(unit, "%(count)s") % {"count": volume}


def relay_text(mode: str) -> str:
    """How placements are passed on, as a sentence on what happens and who reports."""
    return {
        Subcontract.Relay.MESSAGES: _(
            "Standard messages: a 301 under the municipality's code, starts and stops as 305 and"
            " 307. Without the municipality's consent: portal."
        ),
        Subcontract.Relay.PORTAL: _("Portal: the subcontractor sees and reports all on its pages."),
        Subcontract.Relay.CSV: _(
            "Light CSV format: placements as one file, starts and stops as another."
        ),
        Subcontract.Relay.NONE: _(
            "No relay: nothing goes out, the main contractor records start and stop itself."
        ),
    }[Subcontract.Relay(mode)]


def purpose_text(*, steers: bool) -> str:
    """What follows from messages, as a sentence."""
    if steers:
        return _("Steering only: nothing is paid, held or counted against anybody because of them.")
    return _("Settlement: what is paid may rest on them.")


def unit_text(unit: str) -> str:
    """A unit of care in a word."""
    return code_list("WJ756").label(unit).lower()


def tariff_text(amount: Decimal, unit: str) -> str:
    """A price of one unit."""
    return _("%(amount)s per %(unit)s") % {"amount": format_euro(amount), "unit": unit_text(unit)}


def held_tariff_text(tariff: Tariff) -> str:
    """A tariff with its product and the days for which it was agreed."""
    return _("%(product)s at %(price)s (%(period)s)") % {
        "product": tariff.product,
        "price": tariff_text(tariff.amount, tariff.unit),
        "period": period_of(tariff.start_date, tariff.end_date),
    }


def ceiling_text(amount: Decimal | None) -> str:
    """What a contract pays at most in a calendar year."""
    if amount is None:
        return _("no ceiling")
    return _("ceiling of %(amount)s a calendar year") % {"amount": format_euro(amount)}


def stop_reasons(family: str) -> list[tuple[str, str]]:
    """Codes and labels of the stop reasons of a law, in the order of the list."""
    codes = code_list(_stop_list(family)).codes
    return [(code, entry.label) for code, entry in codes.items()]


def stop_reason_text(family: str, code: str) -> str:
    """The label of a stop reason: lists differ per law."""
    return code_list(_stop_list(family)).label(code)


def rejection_text(code: str, responsible: str = "") -> str:
    """Why a request was refused (WJ759), and which municipality is responsible instead."""
    reason = code_list("WJ759").label(code)
    return f"{reason} ({code_list('CBS').label(responsible)})" if responsible else reason


def rejections(codes: Iterable[str]) -> list[tuple[str, str]]:
    """These reasons of refusal with their labels."""
    return [(code, code_list("WJ759").label(code)) for code in codes]


def change_reasons() -> list[tuple[str, str]]:
    """Codes and labels of the reasons for a change (WJ758)."""
    return [(code, entry.label) for code, entry in code_list("WJ758").codes.items()]


def line_text(line: ChangedProduct) -> str:
    """The product that a line of a change is about, with the number that its reader knows."""
    row = line.placement or line.allocation
    if row is None:
        return str(line.product)
    category = row.category if isinstance(row, Allocation) else ""
    return "{} ({})".format(row.product or category or _("not specified"), row.number)


def goods_text(request: CareRequest) -> str:
    """The products that a request asks for, or wants changed; rows from `with_goods`."""
    goods = [str(asked.product) for asked in request.products.all()]
    for line in request.lines.all():
        is_asked = line.stage == ChangedProduct.Stage.ASKED
        if is_asked and line.what != ChangedProduct.What.UNCHANGED:
            row = line.placement or line.allocation or line
            goods.append(str(row.product or _("not specified")))
    return ", ".join(dict.fromkeys(goods))


def request_text(request: CareRequest, *, is_asker: bool, is_ours: bool = False) -> str:
    """What a request waits for, or what came of it; `is_asker` to the subcontractor that asked.

    `is_ours`: we decide on it, or did, and not the municipality.
    """
    statuses = CareRequest.Status
    if is_ours and request.status == statuses.RECEIVED and not is_asker:
        return _("You decide on this request: allocate the care, or say no.")
    if is_ours and request.status == statuses.ANSWERED:
        return _("The main contractor has decided. This request is closed.")
    below = {
        statuses.RECEIVED: _("The main contractor looks at this request and sends it on."),
        statuses.FAULTY: _("The municipality returned this request. The main contractor mends it."),
    }
    above = {
        statuses.RECEIVED: _("A subcontractor asks this. Send it to the municipality, or say no."),
        statuses.SENT: _("The request is sent. The municipality has not confirmed it yet."),
        statuses.CONFIRMED: _("The municipality has the request and must still answer."),
        statuses.FAULTY: _(
            "The municipality returned this request with errors, so it counts as never sent. Send"
            " it again when the cause is gone, or leave it and make another."
        ),
        statuses.INVESTIGATED: _("The municipality investigates. It decides within eight weeks."),
        statuses.ANSWERED: _("The municipality has answered. This request is closed."),
        statuses.DISMISSED: _("This request was not sent to the municipality."),
    }
    return ({**above, **below} if is_asker else above)[statuses(request.status)]


def elsewhere_text(asked: RequestedProduct, *, is_asker: bool) -> str:
    """What became of allocated care that somebody else gives; empty where nobody was told so."""
    if asked.elsewhere_at is None:
        return ""
    said = {
        "product": asked.product,
        "day": date_long(asked.elsewhere_at),
        "reason": rejection_text(asked.elsewhere_reason),
    }
    if is_asker:
        text = _("%(product)s is allocated. Since %(day)s somebody else gives it: %(reason)s.")
    else:
        text = _("%(product)s: told to who asked on %(day)s, with as reason: %(reason)s.")
    return text % said


def referrers() -> list[tuple[str, str]]:
    """Codes and labels of the kinds of referrers (COD327)."""
    return [(code, entry.label) for code, entry in code_list("COD327").codes.items()]


def _stop_list(family: str) -> str:
    return "JZ588" if family == "jw" else "WMO588"


def decision_subject_text(decision: FormalDecision) -> str:
    """What a formal decision is about, by its number or reference."""
    subject = decision.subject
    if isinstance(subject, Allocation):
        return _("allocation %(number)s") % {"number": subject.number}
    if isinstance(subject, RequestedProduct):
        return _("request %(number)s: %(product)s") % {
            "number": subject.request.number,
            "product": subject.product,
        }
    return _("request for change %(number)s") % {"number": subject.request.number}


def address_of(subject: Placement | Allocation | CareRequest) -> str:
    """The page of what a term is about."""
    if isinstance(subject, Placement):
        return reverse("placement_detail", args=[subject.pk])
    if isinstance(subject, Allocation):
        return reverse("allocation_detail", args=[subject.pk])
    return reverse("request_detail", args=[subject.pk])


def cause_text(cause: Cause) -> str:
    """Who made a term late; nothing for one in time."""
    return {
        Cause.NOBODY: "",
        Cause.SUBCONTRACTOR: _("the subcontractor"),
        Cause.MAIN_CONTRACTOR: _("the main contractor"),
        Cause.BOTH: _("subcontractor and main contractor"),
        Cause.MUNICIPALITY: _("the municipality"),
    }[cause]
