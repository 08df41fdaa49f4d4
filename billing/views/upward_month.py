"""What goes up to a municipality for a month: looked at first, then confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.models import UpwardDeclaration
from billing.selectors.upward import Due, LeftOut, Proposal, proposal
from billing.selectors.upward_facts import latest_months
from billing.services import upward
from billing.upward_words import reason_text
from billing.views.access import CONTROLLER, tab
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl, period_of
from subcontracts.models import ContractMunicipality
from subcontracts.rules.funding_parameters import ALLOCATED
from subcontracts.selectors.exchange_terms import using
from subcontracts.selectors.upward_terms import values_on
from subcontracts.words import volume_text

SHOWN_LINES = 500
#: Whole months that the page leads to; an older one is reached by its address.
MONTHS = 6


def months_over(scope: Scope) -> list[Month]:
    """The last whole months, newest first."""
    months = [Month.of(scope.today).previous()]
    while len(months) < MONTHS:
        months.append(months[-1].previous())
    return months


def parts(scope: Scope) -> list[ContractMunicipality]:
    """Municipalities that take declarations: the contract says 323, or it pays by the unit."""
    rows = (
        ContractMunicipality.objects.visible_to(scope)
        .filter(contract__in=using(upward.MESSAGE, scope.today))
        .select_related("contract", "municipality")
    )
    return list(rows.order_by("contract__number", "municipality__name"))


@roles(*CONTROLLER)
@require_GET
def upward_overview(request: ScopedRequest) -> HttpResponse:
    """Every municipality that takes declarations, with the month it is at."""
    scope = request.scope
    last = Month.of(scope.today).previous()
    taking = parts(scope)
    latest = latest_months(scope, taking)
    rows = [
        {
            "part": part,
            "latest": month_nl(latest[part]) if part in latest else "",
            "month": month_nl(last),
            "url": reverse("upward_month", args=[part.pk, str(last)]),
        }
        for part in taking
    ]
    context = {
        "title": _("Declare a month"),
        "lead": _("Choose a municipality. Nothing goes up before you confirm it."),
        "rows": rows,
        "breadcrumbs": [(_("Declarations to municipalities"), reverse("upward_declaration_list"))],
    }
    return render(request, "billing/upward_overview.html", context)


@roles(*CONTROLLER)
@require_http_methods(["GET", "HEAD", "POST"])
def upward_month(request: ScopedRequest, pk: int, month: str) -> HttpResponse:
    """What goes up for a month and what does not, and why; confirmed, it is sent."""
    scope = request.scope
    rows = ContractMunicipality.objects.visible_to(scope).select_related("contract", "municipality")
    part = get_object_or_404(rows, pk=pk)
    asked = _month(month)
    if request.method == "POST":
        sent: UpwardDeclaration | None = None
        with shown_refusals(request):
            sent = upward.send(
                scope=scope, part=part, month=asked, seen=request.POST.get("seen", "-")
            )
            messages.success(request, _("Sent to %(name)s.") % {"name": part.municipality.name})
        return redirect(sent) if sent else redirect("upward_month", pk=pk, month=month)
    found = proposal(scope, part, asked)
    clients = {one.client.pk for one in (*found.due, *found.left_out) if one.is_listed}
    audit.looked_at(scope, clients, "upward_declaration")
    return render(request, "billing/upward_month.html", _context(scope, found))


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Http404 from error


def _basis(part: ContractMunicipality, month: Month) -> str:
    """What a message cannot say: it carries what was delivered, whatever the contract pays."""
    if values_on(part.contract, month.last).get("pxq_basis") != ALLOCATED:
        return ""
    return _(
        "The contract says that what was allocated is paid. A message 323 carries what was"
        " delivered, and so does this page: settle the difference with the municipality yourself."
    )


def _context(scope: Scope, found: Proposal) -> dict[str, Any]:
    part = found.part
    obstacle = ""
    try:
        upward.check_month(scope, found)
    except RuleError as refusal:
        obstacle = str(refusal)
    listed = [one for one in found.due if one.is_listed]
    left = [one for one in found.left_out if one.is_listed]
    return {
        "title": _("Declare %(month)s") % {"month": month_nl(found.month)},
        "lead": f"{part.municipality.name} · {part.contract.name}",
        "found": found,
        "obstacle": obstacle,
        "basis": _basis(part, found.month),
        "may_send": not obstacle,
        "nothing": not found.due and not found.left_out,
        "clients": len({one.client.pk for one in found.due}),
        "sums": _sums(found.due),
        "lines": [line for one in listed for line in _lines(one)][:SHOWN_LINES],
        "more": max(0, sum(one.lines for one in listed) - SHOWN_LINES),
        "sealed_lines": found.line_count - sum(one.lines for one in listed),
        "left": [_left(one) for one in left[:SHOWN_LINES]],
        "sealed_left": len(found.left_out) - len(left),
        "tabs": [
            tab(
                month_nl(one),
                reverse("upward_month", args=[part.pk, str(one)]),
                is_active=one == found.month,
            )
            for one in months_over(scope)
        ],
        "breadcrumbs": [
            (_("Declarations to municipalities"), reverse("upward_declaration_list")),
            (_("Declare a month"), reverse("upward_overview")),
        ],
    }


def _sums(due: Iterable[Due]) -> list[tuple[str, int, Decimal]]:
    """Lines and euros by product; sealed clients count."""
    lines: defaultdict[str, int] = defaultdict(int)
    euros: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in due:
        lines[one.product.name] += one.lines
        euros[one.product.name] += one.amount
    return [(name, lines[name], euros[name]) for name in sorted(lines)]


def _lines(one: Due) -> list[dict[str, Any]]:
    shared = {
        "client": one.client.pseudonym,
        "number": one.allocation.number,
        "product": one.product.name,
    }
    lines = []
    if one.credit:
        lines.append(
            {
                **shared,
                "period": period_of(one.credit.start_date, one.credit.end_date),
                "volume": volume_text(one.credit.volume, one.credit.unit),
                "amount": -one.credit.amount,
                "kind": _("credit of %(reference)s") % {"reference": one.credit.reference},
            }
        )
    if one.debit:
        lines.append(
            {
                **shared,
                "period": period_of(one.debit.period.start, one.debit.last_day),
                "volume": volume_text(one.debit.volume, one.debit.unit),
                "amount": one.debit.amount,
                "kind": "",
            }
        )
    return lines


def _left(one: LeftOut) -> dict[str, Any]:
    unit = one.wanted.unit if one.wanted else ""
    return {
        "client": one.client.pseudonym,
        "number": one.allocation.number,
        "allocation": one.allocation.pk,
        "product": one.product.name,
        "month": month_nl(one.key.month),
        "volume": ", ".join(volume_text(of, given) for given, of in one.built.volumes.items()),
        "reason": reason_text(one.reason, one.excess, unit),
    }
