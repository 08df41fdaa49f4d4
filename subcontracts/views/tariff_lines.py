"""One product of a tariff round: its reactions side by side, reacting, answering, adjusting."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import DetailPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import tariff_round_policies as policies
from subcontracts.models import TariffReaction, TariffRoundLine
from subcontracts.models.buildups import READERS
from subcontracts.selectors.tariff_reactions import side_by_side, summaries
from subcontracts.services import tariff_reactions, tariff_rounds
from subcontracts.tariff_round_forms import AdjustForm, AnswerForm, ReactionForm
from subcontracts.tariff_round_tables import price, reactions_table, subjects_table

FORM_METHODS: Final = ["GET", "HEAD", "POST"]


class TariffLineDetail(DetailPage):
    """What subcontractors said of one product."""

    model = TariffRoundLine
    related = ("round", "product", "proposed__product", "final__product")
    roles = READERS
    template_name = "subcontracts/tariff_page.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return _above(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Side by side, one by one, and who kept silent."""
        scope, line = self.request.scope, self.object
        subjects = side_by_side(scope, line)
        found = summaries(scope, line.round)[line.pk]
        may_answer = allowed(policies.check_is_closed, scope, line.round)
        return super().get_context_data(
            facts=[
                (_("Proposed"), f"{line.proposed} · {price(line.proposed)}"),
                (_("Decision"), f"{line.final} · {price(line.final)}"),
                (_("Reacted"), _reacted(len(found.reacted), len(found.asked))),
                (_("Did not react"), ", ".join(found.silent) or "–"),
            ],
            texts=[(_("What we did with the reactions"), line.explanation)]
            if line.explanation
            else [],
            actions=_actions(line, may_answer=may_answer),
            tables=[
                subjects_table(subjects, line),
                reactions_table(scope, subjects, may_answer=may_answer),
            ],
            **kwargs,
        )


def _reacted(reacted: int, asked: int) -> str:
    return _("%(reacted)s of %(asked)s") % {"reacted": reacted, "asked": asked}


def _actions(line: TariffRoundLine, *, may_answer: bool) -> list[tuple[str, str, str]]:
    buildup = (_("Open the build-up"), reverse("buildup_detail", args=[line.final_id]), "secondary")
    if not may_answer:
        return [buildup]
    url = reverse("tariff_line_adjust", args=[line.pk])
    return [(_("Choose what is decided about"), url, "primary"), buildup]


def _above(line: TariffRoundLine) -> list[tuple[str, str]]:
    url = reverse("tariff_round_detail", args=[line.round_id])
    return [(_("Tariff rounds"), reverse("tariff_round_list")), (str(line.round), url)]


def _found(scope: Scope, pk: int) -> TariffRoundLine:
    rows = TariffRoundLine.objects.visible_to(scope)
    return get_object_or_404(rows.select_related("round", "product", "proposed"), pk=pk)


@roles(*sorted(SUBCONTRACTOR))
@require_http_methods(FORM_METHODS)
def tariff_line_react(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what one thinks of a product's tariff, or of lines in it."""
    scope, line = request.scope, _found(request.scope, pk)
    url = reverse("tariff_round_detail", args=[line.round_id])
    form = ReactionForm(request.POST or None, scope=scope, line=line)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            tariff_reactions.react(scope=scope, line=line, said=form.said)
            messages.success(
                request,
                _("Your reaction is kept. You may change it until %(day)s.")
                % {"day": date_long(line.round.closes_on)},
            )
            return redirect(url)
    context = {
        "title": _("React on %(product)s") % {"product": line},
        "lead": _("Say something of what you want; leave the rest at No reaction."),
        "form": form,
        "whole": form.parts[0],
        "parts": form.parts[1:],
        "is_open": form.is_about_lines,
        "submit_label": _("Keep reaction"),
        "cancel_url": url,
        "next_text": _("The main contractor reads it. Other subcontractors do not."),
        "breadcrumbs": _above(line),
    }
    return render(request, "subcontracts/tariff_react.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_line_adjust(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose the version that is decided about, and say what was done with the reactions."""
    scope, line = request.scope, _found(request.scope, pk)
    url = reverse("tariff_line_detail", args=[line.pk])
    initial = {"final": line.final_id, "explanation": line.explanation}
    form = AdjustForm(request.POST or None, scope=scope, line=line, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            tariff_rounds.adjust(scope=scope, line=line, **form.values)
            messages.success(request, _("Kept. What it does to contracts is worked out anew."))
            return redirect(url)
    context = {
        "title": _("What is decided about %(product)s") % {"product": line},
        "lead": _("A new value needs a new version of the build-up, which a colleague settles."),
        "form": form,
        "submit_label": _("Keep choice"),
        "cancel_url": url,
        "breadcrumbs": [*_above(line), (str(line), url)],
    }
    return render(request, "generic/form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_reaction_answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Answer one reaction."""
    scope = request.scope
    rows = TariffReaction.objects.visible_to(scope).select_related(
        "line__round", "line__product", "provider_organisation", "parameter"
    )
    one = get_object_or_404(rows, pk=pk)
    url = reverse("tariff_line_detail", args=[one.line_id])
    form = AnswerForm(request.POST or None, scope=scope, initial={"text": one.answer})
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            tariff_reactions.answer(scope=scope, reaction=one, **form.values)
            messages.success(request, _("The answer is kept."))
            return redirect(url)
    context = {
        "title": _("Answer %(organisation)s") % {"organisation": one.provider_organisation.name},
        "lead": f"{one}: {one.get_stance_display()}. {one.reason}",
        "form": form,
        "submit_label": _("Keep answer"),
        "cancel_url": url,
        "breadcrumbs": [*_above(one.line), (str(one.line), url)],
    }
    return render(request, "generic/form.html", context)
