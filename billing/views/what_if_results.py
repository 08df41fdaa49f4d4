"""The outcome of a what-if: all together, winners and losers, and one subcontractor by month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.filters import WhatIfResultFilter
from billing.models import WhatIf, WhatIfResult
from billing.rules.whatif.comparison import Difference
from billing.rules.whatif.frozen import thaw
from billing.rules.whatif.outcome import MonthOutcome, percentage
from billing.rules.whatif.terms import Terms
from billing.views.access import MONEY
from billing.views.what_ifs import AGAIN, above
from billing.what_if_tables import STATE_TONES, WhatIfResultTable
from billing.what_if_words import (
    assumptions,
    percent_shown,
    price_label,
    price_shown,
    terms_shown,
)
from hoofdaannemer.core import charts
from hoofdaannemer.core.charts import Chart, ChartKind, Point, Series
from hoofdaannemer.core.money import ZERO, format_euro
from hoofdaannemer.core.pages import DetailPage, ListPage
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import moment_nl, month_nl, period_nl

SECONDS_BETWEEN_LOOKS = 3
#: Bars that one still compares at a glance; all others stand in the table.
MOST_BARS = 16
_SUMS = ("actual", "own", "outcome", "difference", "messages_now", "messages_then", "entries_now",
         "entries_then")  # fmt: skip


class WhatIfDetail(ListPage):
    """The progress of a question, then its outcome with the winners and losers."""

    model = WhatIfResult
    table_class = WhatIfResultTable
    filterset_class = WhatIfResultFilter
    roles = MONEY
    template_name = "billing/what_if_detail.html"
    export_name = "wat-als"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for a question of others; while it is busy the browser looks again by itself."""
        rows = WhatIf.objects.visible_to(request.scope).light().select_related("asked_by")
        self.what_if = get_object_or_404(rows, pk=kwargs["pk"])
        response = super().get(request, *args, **kwargs)
        if self.what_if.is_busy:
            response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
        return response

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Its own outcomes, without the months."""
        return rows.filter(what_if=self.what_if).defer("months", "differences")

    def get_title(self) -> str:
        return self.what_if.name

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return above()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Totals in front, over all outcomes whatever the filter."""
        row, terms = self.what_if, thaw(Terms, self.what_if.terms)
        context = super().get_context_data(**kwargs)
        context.update(
            what_if=row,
            tone=STATE_TONES[WhatIf.State(row.state)],
            told=_told(row),
            facts=_facts(row, terms),
            assumptions=assumptions(terms),
            delete_url=reverse("what_if_delete", args=[row.pk]),
            again_url=f"{reverse('what_if_ask', args=[row.form])}?{AGAIN}={row.pk}",
        )
        if row.state == WhatIf.State.DONE:
            context.update(_outcome(row, terms))
        return context


def _told(row: WhatIf) -> str:
    return ngettext(
        "%(handled)s of %(count)s subcontractor",
        "%(handled)s of %(count)s subcontractors",
        row.subcontractors,
    ) % {"handled": row.handled, "count": row.subcontractors}


def _facts(row: WhatIf, terms: Terms) -> list[tuple[str, Any]]:
    who = row.asked_by.name if row.asked_by else _("the system")
    return [
        (_("Other form"), row.get_form_display()),
        (_("Period"), period_nl(row.period)),
        (
            _("Subcontractors"),
            _("%(count)s that were chosen") % {"count": len(row.chosen)}
            if row.chosen
            else _("all with a contract in the period"),
        ),
        *terms_shown(terms),
        (_("Asked"), f"{who}, {moment_nl(row.asked_at)}"),
    ]


def _outcome(row: WhatIf, terms: Terms) -> dict[str, Any]:
    results = row.results.all()
    sums = results.aggregate(**{name: Sum(name) for name in _SUMS})
    total = {name: value if value is not None else ZERO for name, value in sums.items()}
    wins, loses = results.filter(difference__gt=0), results.filter(difference__lt=0)
    shown = {
        "price": price_shown(row.neutral_price, is_percentage=terms.is_percentage),
        "used": price_shown(row.price, is_percentage=terms.is_percentage),
    }
    return {
        "figures": [
            (
                _("Budget-neutral price"),
                shown["price"],
                _("%(what)s. Computed with %(used)s.")
                % {"what": price_label(terms), "used": shown["used"]},
            ),
            (_("As it was"), format_euro(total["actual"]), ""),
            (_("What if"), format_euro(total["outcome"]), ""),
            (
                _("Difference"),
                format_euro(total["difference"]),
                _signed_percent(total["difference"], total["actual"]),
            ),
            _loads(_("Messages"), total["messages_now"], total["messages_then"]),
            _loads(_("Entries"), total["entries_now"], total["entries_then"]),
        ],
        "wins": wins.count(),
        "loses": loses.count(),
        "gained": format_euro(wins.aggregate(sum=Sum("difference"))["sum"] or ZERO),
        "lost": format_euro(-(loses.aggregate(sum=Sum("difference"))["sum"] or ZERO)),
        "remaining": format_euro(total["difference"]) if _is_neutral(row) else "",
        "unlike": results.filter(is_reproduced=False).count(),
        "own": format_euro(total["own"]),
        "chart": _chart(row),
        "unclosed": ", ".join(month_nl(Month.parse(one)) for one in row.unclosed),
    }


def _chart(row: WhatIf) -> dict[str, Any] | None:
    """Bars of who wins and who loses most, the winner first; None where nobody does."""
    results = row.results.exclude(difference=ZERO)
    named = ("pk", "name", "difference", "percent")
    gained = list(results.filter(difference__gt=0).order_by("-difference", "pk").only(*named))
    lost = list(results.filter(difference__lt=0).order_by("difference", "pk").only(*named))
    if not gained and not lost:
        return None
    most = MOST_BARS // 2
    # Where one side has fewer, the other takes its room.
    wins = gained[: max(most, MOST_BARS - len(lost))]
    loses = lost[: max(most, MOST_BARS - len(gained))]
    shown = [*wins, *reversed(loses)]
    left_out = len(gained) + len(lost) - len(shown)
    chart = Chart(
        code="what_if",
        kind=ChartKind.BAR,
        title=_("Difference by subcontractor, in euros"),
        description=_("Who wins stands above, with bars to the right; who loses below."),
        labels=tuple(one.name for one in shown),
        series=(Series(_("Difference"), tuple(Point(one.difference) for one in shown)),),
        axis=_("euro"),
    )
    return {
        "svg": mark_safe(charts.svg(chart)),  # noqa: S308  all text is escaped there
        "title": chart.title,
        "headers": [_("Subcontractor"), _("Difference"), _("Percent")],
        "rows": [
            (
                one.name,
                format_euro(one.difference),
                percent_shown(one.percent / 100) if one.percent is not None else "–",
            )
            for one in shown
        ],
        "note": ngettext(
            "%(count)s subcontractor with a smaller difference stands in the table only.",
            "%(count)s subcontractors with smaller differences stand in the table only.",
            left_out,
        )
        % {"count": left_out}
        if left_out
        else "",
    }


def _is_neutral(row: WhatIf) -> bool:
    """Whether it was computed at the budget-neutral price, which is rounded."""
    return row.price == row.neutral_price


def _loads(label: str, now: int | Decimal, then: int | Decimal) -> tuple[str, str, str]:
    return label, f"{now} → {then}", _("as it was → what if")


def _signed_percent(difference: Decimal, actual: Decimal) -> str:
    part = percentage(difference, actual)
    return percent_shown(part / 100) if part is not None else ""


class WhatIfResultDetail(DetailPage):
    """One subcontractor: every month as it was, computed anew, and as it would be."""

    model = WhatIfResult
    related = ("what_if__asked_by",)
    roles = MONEY
    template_name = "billing/what_if_result.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Without the facts of the question."""
        return super().get_queryset().defer("what_if__facts")

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the outcome of all."""
        what_if = self.object.what_if
        return [*above(), (what_if.name, what_if.get_absolute_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Months with their totals, how each came about, and what own forms do not explain."""
        row = self.object
        terms = thaw(Terms, row.what_if.terms)
        months = thaw(tuple[MonthOutcome, ...], row.months)
        found = thaw(tuple[Difference, ...], row.differences)
        return super().get_context_data(
            lead=row.what_if.name,
            headers=[
                _("Month"),
                _("Monthly statement"),
                _("Recorded"),
                _("Own form"),
                _("What if"),
                _("Difference"),
            ],
            rows=[_month_row(one) for one in months],
            foot=_foot(row, months),
            explained=[_explained(one) for one in months],
            causes=[(month_nl(one.month), one.why.sentence()) for one in found],
            cause_headers=[_("Month"), _("Why it differs")],
            figures=_result_figures(row, terms),
            facts=_facts(row.what_if, terms),
            assumptions=assumptions(terms),
            **kwargs,
        )


def _month_row(one: MonthOutcome) -> list[str]:
    return [
        month_nl(one.month),
        _("none") if one.stated is None else format_euro(one.stated),
        format_euro(one.actual),
        format_euro(one.own),
        format_euro(one.outcome),
        format_euro(one.outcome - one.actual),
    ]


def _foot(row: WhatIfResult, months: tuple[MonthOutcome, ...]) -> list[str]:
    stated = sum((one.stated for one in months if one.stated is not None), ZERO)
    amounts = (stated, row.actual, row.own, row.outcome, row.difference)
    return [_("Total"), *(format_euro(one) for one in amounts)]


def _explained(one: MonthOutcome) -> dict[str, Any]:
    return {
        "month": month_nl(one.month),
        "own": [
            f"{name}: {why.sentence()}" if name else why.sentence() for name, why in one.own_how
        ],
        "how": [why.sentence() for why in one.how],
        "parts": [why.sentence() for why in one.parts],
    }


def _result_figures(row: WhatIfResult, terms: Terms) -> list[tuple[str, str, str]]:
    percent = _signed_percent(row.difference, row.actual)
    price = price_shown(row.neutral_price, is_percentage=terms.is_percentage)
    used = price_shown(row.what_if.price, is_percentage=terms.is_percentage)
    return [
        (_("As it was"), format_euro(row.actual), ""),
        (_("What if"), format_euro(row.outcome), ""),
        (_("Difference"), format_euro(row.difference), percent),
        (
            _("Price at which nothing changes"),
            price,
            _("%(what)s. Computed with %(used)s.") % {"what": price_label(terms), "used": used},
        ),
        _loads(_("Messages"), row.messages_now, row.messages_then),
        _loads(_("Entries"), row.entries_now, row.entries_then),
    ]
