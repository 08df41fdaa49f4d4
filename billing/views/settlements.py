"""The settlement of a year: the list by year, and one settlement with what it rests on."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from billing import policies, settlement_pdf
from billing.models import Settlement, SettlementEntry, Statement
from billing.rules.settling import NAMES, Aside, FteYear, Inputs, PoolYear
from billing.rules.settling_words import aside_facts, facts_of, not_recognised, role_rows
from billing.rules.whatif.frozen import thaw
from billing.selectors.settlement_years import lines_of, usual_year, years
from billing.services.documents import LANGUAGE
from billing.services.settlement_figures import inputs_of
from billing.settlement_documents import document_of
from billing.settlement_tables import TONES, SettlementFilter, SettlementTable, State
from billing.views.access import CONTROLLER, READERS, own_columns
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import DetailPage, ListPage, ScopedRequest, allowed, roles
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, days_of, month_nl
from subcontracts.models import FundingLine


class SettlementList(ListPage):
    """Everything that is settled by year, for one year."""

    model = FundingLine
    table_class = SettlementTable
    filterset_class = SettlementFilter
    related = ("provider_organisation", "subcontract")
    roles = READERS
    lead = gettext_lazy("What a year comes to after its months: FTE, places and advance pools.")
    empty_title = gettext_lazy("Nothing is settled by year")
    empty_text = gettext_lazy(
        "FTE, advance pools, and places that are settled after the year come here."
    )
    export_name = "jaarafrekening"

    @property
    def year(self) -> int:
        """The year of the address, or else the usual one."""
        asked = self.request.GET.get("year", "")
        known = {str(year): year for year in years(self.request.scope)}
        return known.get(asked) or usual_year(self.request.scope)

    def get_title(self) -> str:
        return _("Settlement of %(year)s") % {"year": self.year}

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the newest settlement of the year."""
        return lines_of(self.request.scope, self.year).select_related(*self.related)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_filterset_kwargs(filterset_class)
        data = self.request.GET.copy()
        data["year"] = str(self.year)
        return {**kwargs, "data": data, "years": years(self.request.scope)}

    def get_table_kwargs(self) -> dict[str, Any]:
        scope = self.request.scope
        may_begin = scope.role in CONTROLLER
        return {**own_columns(scope), "year": self.year, "may_begin": may_begin}


class SettlementDetail(DetailPage):
    """One settlement: its figures, how it is computed, who agreed, and what may be done now."""

    model = Settlement
    related = ("provider_organisation", "funding_line__subcontract", "entitlement", "agreed_by")
    roles = READERS
    template_name = "billing/settlement_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().defer("signed_file")

    def get_title(self) -> str:
        """Line and year."""
        return title_of(self.object)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return above(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures as far as this reader may see them, history, and the steps that fit."""
        scope, row = self.request.scope, self.object
        is_told = scope.role not in SUBCONTRACTOR or row.state != State.DRAFT
        inputs = inputs_of(row)
        return super().get_context_data(
            badge=row.get_state_display(),
            tone=TONES[State(row.state)],
            lead=row.provider_organisation.name,
            facts=_facts(row, is_told=is_told),
            is_told=is_told,
            sentence=row.why.sentence(),
            method=NAMES[row.way],
            inputs=_inputs(scope, row, inputs),
            lost=_lost(inputs),
            by_role=role_rows(inputs) if isinstance(inputs, FteYear) else [],
            aside=aside_facts(thaw(Aside, row.aside)),
            others=_others(scope, row),
            events=_events(scope, row),
            may=_steps(scope, row),
            **kwargs,
        )


def title_of(row: Settlement) -> str:
    """Line and year; a correction says that it is one."""
    words = {"line": row.funding_line.name, "year": row.year, "number": row.number - 1}
    if row.is_correction:
        return _("%(line)s, correction %(number)s of the settlement of %(year)s") % words
    return _("%(line)s, settlement of %(year)s") % words


def above(row: Settlement) -> list[tuple[str, str]]:
    """The way back, to the list of the year."""
    url = f"{reverse('settlement_list')}?year={row.year}"
    return [(_("Settlement of %(year)s") % {"year": row.year}, url)]


def _facts(row: Settlement, *, is_told: bool) -> list[tuple[str, str]]:
    facts = [
        (_("Contract"), row.funding_line.subcontract.number),
        (_("Period"), days_of(row.start_date, row.end_date)),
    ]
    if not is_told:
        return facts
    if row.is_correction:
        facts += [
            (_("Outcome of the year"), format_euro(row.outcome)),
            (_("Settled before"), format_euro(row.before)),
        ]
    if row.agreed_at:
        how = row.paper_reason or (row.agreed_by.name if row.agreed_by else "")
        facts.append((_("Agreed"), f"{date_nl(row.agreed_at)}, {how}"))
    return facts


def _inputs(scope: Scope, row: Settlement, inputs: Inputs) -> list[tuple[str, str, str]]:
    """What it rests on, each with the page that proves it."""
    proofs: dict[str, str] = {}
    if isinstance(inputs, FteYear):
        proofs = {
            month_nl(one.month): reverse("fte_report_detail", args=[one.report])
            for one in inputs.months
        }
    elif isinstance(inputs, PoolYear):
        amounts = reverse("funding_line_amounts", args=[row.funding_line_id])
        proofs = {_("Advances paid"): amounts}
        if scope.role in CONTROLLER:
            proofs[_("Real production")] = reverse(
                "funding_line_production", args=[row.funding_line_id, row.year]
            )
    return [(name, value, proofs.get(name, "")) for name, value in facts_of(inputs)]


def _lost(inputs: Inputs) -> list[tuple[str, str, str, str]]:
    if not isinstance(inputs, FteYear):
        return []
    return [
        (month_nl(month), worker, fte, days) for month, worker, fte, days in not_recognised(inputs)
    ]


def _others(scope: Scope, row: Settlement) -> list[dict[str, Any]]:
    """The other members of a pool, for the main contractor's people."""
    if scope.role in SUBCONTRACTOR:
        return []
    rows = (
        Settlement.objects.visible_to(scope)
        .light()
        .filter(round=row.round_id)
        .select_related("provider_organisation")
        .order_by("funding_line")
    )
    found = list(rows)
    return [
        {
            "name": one.provider_organisation.name,
            "url": one.get_absolute_url(),
            "state": one.get_state_display(),
            "amount": format_euro(one.amount),
        }
        for one in found
        if len(found) > 1
    ]


def _events(scope: Scope, row: Settlement) -> list[dict[str, Any]]:
    rows = SettlementEntry.objects.visible_to(scope).filter(settlement=row)
    tones = {SettlementEntry.Kind.OBJECTED: "warning", SettlementEntry.Kind.LOCKED: "positive"}
    stated = _statement(scope, row)
    return [
        {
            **(stated if one.kind == SettlementEntry.Kind.LOCKED else {}),
            "at": one.recorded_at,
            "title": f"{str(one.get_kind_display()).capitalize()}: {format_euro(one.outcome)}",
            "text": one.text,
            "actor": one.author.name if one.author else "",
            "tone": tones.get(SettlementEntry.Kind(one.kind), "neutral"),
        }
        for one in rows.select_related("author").order_by("-pk")
    ]


def _statement(scope: Scope, row: Settlement) -> dict[str, str]:
    """The statement on which it came, once that was issued."""
    if row.entitlement_id is None:
        return {}
    rows = Statement.objects.visible_to(scope).light()
    found = rows.filter(lines__entitlement=row.entitlement_id).first()
    if found is None:
        return {}
    label = _("Statement %(number)s") % {"number": found.number}
    return {"url": found.get_absolute_url(), "label": label}


def _steps(scope: Scope, row: Settlement) -> dict[str, bool]:
    """What this reader may do with it now; a button asks what the service asks."""
    is_theirs = allowed(policies.check_can_agree, scope, row)
    if scope.role in SUBCONTRACTOR:
        waits = is_theirs and row.state == State.PROPOSED
        return {"agree": waits, "pdf": row.state != State.DRAFT}
    together = row.round
    is_controller = allowed(policies.check_can_propose, scope, together)
    is_draft, is_locked = row.state == State.DRAFT, row.state == State.LOCKED
    may_lock = allowed(policies.check_can_lock, scope, together)
    is_agreed = not together.settlements.exclude(state=State.AGREED).exists()
    return {
        "compute": is_controller and is_draft,
        "propose": is_controller and is_draft,
        "discard": is_controller and is_draft and together.proposed_at is None,
        "take_back": is_controller and not is_draft and not is_locked,
        "paper": is_controller and row.state == State.PROPOSED,
        "lock": may_lock and is_agreed,
        "waits_for_another": is_controller and is_agreed and not may_lock,
        "correct": is_controller and is_locked,
        "pdf": True,
        "signed": bool(row.paper_reason),
    }


@roles(*READERS)
@require_GET
def settlement_pdf_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The settlement as a letter; a draft is nobody's but the main contractor's."""
    scope = request.scope
    rows = Settlement.objects.visible_to(scope).light()
    if scope.role in SUBCONTRACTOR:
        rows = rows.exclude(state=State.DRAFT)
    row = get_object_or_404(
        rows.select_related(
            "funding_line__subcontract", "provider_organisation", "main_contractor__organisation"
        ),
        pk=pk,
    )
    with translation.override(LANGUAGE):
        content = settlement_pdf.settlement_pdf(document_of(row))
    return attachment(content, f"jaarafrekening-{row.year}-{row.number}-{row.pk}.pdf")


@roles(*READERS)
@require_GET
def settlement_signed(request: ScopedRequest, pk: int) -> HttpResponse:
    """The PDF that was signed on paper."""
    row = get_object_or_404(Settlement.objects.visible_to(request.scope), pk=pk)
    if row.signed_file is None:
        raise Http404
    return attachment(bytes(row.signed_file), f"jaarafrekening-{row.year}-{row.pk}-getekend.pdf")
