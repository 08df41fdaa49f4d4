"""Pages: requirements, made, changed from a day on, and ended by the quality officer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_long, days_of
from qualifications import policies, services
from qualifications.effects import Effect, effect_of
from qualifications.filters import RequirementFilter
from qualifications.models import Requirement, RequirementQuerySet, RequirementStep
from qualifications.requirement_forms import ChangeForm, EndForm, RequirementForm, as_filled_in
from qualifications.tables import STATE_TONES, RequirementTable, state_of
from qualifications.views import READERS

FORM_METHODS = ["GET", "HEAD", "POST"]


class RequirementList(ListPage):
    """What the contracts ask of organisations and professionals: the newest version of each."""

    model = Requirement
    table_class = RequirementTable
    filterset_class = RequirementFilter
    roles = frozenset(READERS)
    title = gettext_lazy("Requirements")
    lead = gettext_lazy("What an organisation or professional must show, and what follows if not.")
    empty_title = gettext_lazy("No requirements yet")
    empty_text = gettext_lazy("Without requirements no proof is asked, and nothing is held.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """One line a requirement."""
        return cast(RequirementQuerySet, rows).newest()

    def primary(self) -> Action | None:
        """A quality officer makes one."""
        scope = self.request.scope
        if allowed(policies.check_can_set, scope, scope.main_contractor_id):
            return Action(_("Make a requirement"), reverse("requirement_make"))
        return None


class RequirementDetail(DetailPage):
    """One version: what it says, what went before and follows, and what was done."""

    model = Requirement
    prefetched = ("requirement_products__product",)
    roles = frozenset(READERS)
    template_name = "qualifications/requirement_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, versions, history and what may be done."""
        scope, row = self.request.scope, self.object
        return super().get_context_data(
            facts=_facts(row),
            state=state_of(row, scope.today),
            tone=STATE_TONES[state_of(row, scope.today)],
            versions=_versions(self.request, row),
            headers=[_("Period"), _("What must be shown"), _("When it lapses")],
            events=_events(self.request, row),
            actions=_actions(self.request, row),
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return _above()


def _above(row: Requirement | None = None) -> list[tuple[str, str]]:
    found = [(_("Requirements"), reverse("requirement_list"))]
    if row is not None:
        found.append((row.name, row.get_absolute_url()))
    return found


def _facts(row: Requirement) -> list[tuple[str, Any]]:
    products = ", ".join(one.product.name for one in row.requirement_products.all())
    facts: list[tuple[str, Any]] = [
        (_("Code"), row.code),
        (_("Who must show it"), row.get_applies_to_display()),
        (_("Kind of proof"), row.get_proof_display()),
        (_("Lowest level"), row.get_level_display() if row.level else ""),
        (_("Products"), products or _("all products")),
        (_("Jobs"), ", ".join(row.jobs)),
        (_("What follows without it"), row.get_on_lapse_display()),
        (_("Time to comply until"), date_long(row.grace_until) if row.grace_until else ""),
        (_("Clause"), row.clause),
        (_("File of a proof"), _("kept") if row.keeps_file else _("only outcome and dates")),
        (_("Period"), days_of(row.start_date, row.end_date)),
    ]
    return [(label, value) for label, value in facts if value]


def _family(request: ScopedRequest, row: Requirement) -> RequirementQuerySet:
    return Requirement.objects.visible_to(request.scope).versions_of(row)


def _versions(request: ScopedRequest, row: Requirement) -> list[tuple[str, str, str]]:
    found = list(_family(request, row).standing())
    if len(found) < 2:
        return []
    return [
        (days_of(one.start_date, one.end_date), one.name, one.get_on_lapse_display())
        for one in found
    ]


def _events(request: ScopedRequest, row: Requirement) -> list[dict[str, Any]]:
    steps = RequirementStep.objects.visible_to(request.scope).select_related("requirement", "by")
    found = steps.filter(requirement__in=_family(request, row).values("pk"))
    return [
        {
            "at": step.at,
            "title": _STEPS[RequirementStep.Kind(step.kind)] % {"day": date_long(step.day)},
            "text": step.requirement.name,
            "actor": step.by.name if step.by else "",
            "url": step.requirement.get_absolute_url(),
        }
        for step in found.order_by("-at", "-pk")
    ]


_STEPS = {
    RequirementStep.Kind.MADE: gettext_lazy("Made, from %(day)s on"),
    RequirementStep.Kind.CHANGED: gettext_lazy("Changed from %(day)s on"),
    RequirementStep.Kind.ENDED: gettext_lazy("Ends after %(day)s"),
    RequirementStep.Kind.RESUMED: gettext_lazy("End after %(day)s taken back"),
    RequirementStep.Kind.WITHDRAWN: gettext_lazy("Version from %(day)s taken back"),
}


def _actions(request: ScopedRequest, row: Requirement) -> list[tuple[str, str]]:
    offered = (
        (policies.check_can_change, _("Change from a day on"), "requirement_change"),
        (policies.check_can_end, _("End the requirement"), "requirement_end"),
        (policies.check_can_resume, _("Take the end back"), "requirement_resume"),
        (policies.check_can_withdraw, _("Take this version back"), "requirement_withdraw"),
    )
    return [
        (label, reverse(name, args=[row.pk]))
        for check, label, name in offered
        if allowed(check, request.scope, row)
    ]


@roles(Role.QUALITY_OFFICER)
@require_http_methods(FORM_METHODS)
def requirement_make(request: ScopedRequest) -> HttpResponse:
    """Make a requirement; first it is shown whom it would block."""
    form = RequirementForm(request.POST or None, scope=request.scope)
    main_contractor = request.scope.main_contractor_id
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            return _confirm(
                request,
                _("Make this requirement?"),
                _told(effect_of(main_contractor, form.terms)),
                RequirementForm(request.POST, scope=request.scope, hidden=True),
                _("Make the requirement"),
            )
        with shown_refusals(request):
            row = services.create_requirement(
                scope=request.scope, main_contractor_id=main_contractor, terms=form.terms
            )
            messages.success(request, _("The requirement is made."))
            return redirect(row)
    return form_page(
        request,
        title=_("Make a requirement"),
        form=form,
        submit_label=_("Show whom it concerns"),
        above=_above(),
        next_text=_("On the next page you read whom it blocks, and confirm."),
    )


@roles(Role.QUALITY_OFFICER)
@require_http_methods(FORM_METHODS)
def requirement_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a requirement say something else from a day on; first its effect is shown."""
    row = _row(request, pk)
    if not allowed(policies.check_can_change, request.scope, row):
        return _asked(request, row, policies.check_can_change, _("Change this requirement?"))
    form = ChangeForm(
        request.POST or None, scope=request.scope, requirement=row, initial=as_filled_in(row)
    )
    if request.method == "POST" and form.is_valid():
        keeps = form.cleaned_data["keeps_proofs"]
        if "confirmed" not in request.POST:
            effect = effect_of(row.main_contractor_id, form.terms, row, keeps_proofs=keeps)
            lines = [_("Until then it says what it says now.")] if row.end_date is None else []
            again = ChangeForm(request.POST, scope=request.scope, requirement=row, hidden=True)
            return _confirm(
                request,
                _("Change %(name)s from %(day)s on?")
                % {"name": row.name, "day": date_long(form.terms.period.start)},
                [*lines, *_told(effect)],
                again,
                _("Change the requirement"),
                row,
            )
        with shown_refusals(request):
            changed = services.change_requirement(
                scope=request.scope, requirement=row, terms=form.terms, keeps_proofs=keeps
            )
            messages.success(request, _("The requirement changes on the day you chose."))
            return redirect(changed)
    return form_page(
        request,
        title=_("Change %(name)s") % {"name": row.name},
        form=form,
        submit_label=_("Show whom it concerns"),
        above=_above(row),
        next_text=_("On the next page you read whom it blocks, and confirm."),
    )


@roles(Role.QUALITY_OFFICER)
@require_http_methods(FORM_METHODS)
def requirement_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a requirement a last day."""
    row = _row(request, pk)
    form = EndForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            services.end_requirement(scope=request.scope, requirement=row, **form.values)
            messages.success(request, _("The requirement ends after that day."))
            return redirect(row)
    return _asked(
        request,
        row,
        policies.check_can_end,
        _("End %(name)s?") % {"name": row.name},
        consequences=[
            _("After the last day nobody needs to show it, and it blocks nothing."),
            _("Days until then are judged as before: what is held for them stays held."),
            _("Proofs and their judgements stay. Until the last day you can take the end back."),
        ],
        form=form,
        submit_label=_("End the requirement"),
    )


@roles(Role.QUALITY_OFFICER)
@require_http_methods(FORM_METHODS)
def requirement_resume(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a requirement go on that would end."""
    row = _row(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.resume_requirement(scope=request.scope, requirement=row)
            messages.success(request, _("The requirement goes on."))
        return redirect(row)
    return _asked(
        request,
        row,
        policies.check_can_resume,
        _("Take the end of %(name)s back?") % {"name": row.name},
        consequences=[_("It goes on without a last day, as if it had never been ended.")],
        submit_label=_("Take the end back"),
    )


@roles(Role.QUALITY_OFFICER)
@require_http_methods(FORM_METHODS)
def requirement_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take back a version that has not begun."""
    row = _row(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            services.withdraw_requirement(scope=request.scope, requirement=row)
            messages.success(request, _("Taken back. It never held."))
        return redirect("requirement_list")
    goes_on = _("What holds now goes on without a last day.")
    return _asked(
        request,
        row,
        policies.check_can_withdraw,
        _("Take the version from %(day)s back?") % {"day": date_long(row.start_date)},
        consequences=[
            _("Nobody needs to show it. It stays in the history."),
            *([goes_on] if row.first_id else []),
        ],
        submit_label=_("Take this version back"),
    )


def _row(request: ScopedRequest, pk: int) -> Requirement:
    rows = Requirement.objects.visible_to(request.scope)
    return get_object_or_404(rows.prefetch_related("requirement_products__product"), pk=pk)


def _asked(
    request: ScopedRequest,
    row: Requirement,
    check: Callable[..., object],
    title: str,
    **context: Any,
) -> HttpResponse:
    shown = {
        "title": title,
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": _above(row),
        **context,
    }
    return render(
        request, "generic/confirm.html", asked_or_refused(shown, check, request.scope, row)
    )


def _confirm(
    request: ScopedRequest,
    title: str,
    consequences: list[str],
    form: ChangeForm,
    submit_label: str,
    row: Requirement | None = None,
) -> HttpResponse:
    above = _above(row)
    return render(
        request,
        "generic/confirm_filled_in.html",
        {
            "title": title,
            "consequences": consequences,
            "form": form,
            "submit_label": submit_label,
            "cancel_url": above[-1][1],
            "breadcrumbs": above,
        },
    )


def _told(effect: Effect) -> list[str]:
    """What follows, in sentences, with the proofs that count today."""
    day = date_long(effect.day)
    lines = []
    if effect.professionals:
        lines.append(
            ngettext(
                "On %(day)s %(count)s professional lacks it, with the proofs of today.",
                "On %(day)s %(count)s professionals lack it, with the proofs of today.",
                effect.professionals,
            )
            % {"day": day, "count": effect.professionals}
        )
    if effect.organisations:
        lines.append(
            ngettext(
                "From then on %(count)s organisation gets no new placements.",
                "From then on %(count)s organisations get no new placements.",
                effect.organisations,
            )
            % {"count": effect.organisations}
        )
    if effect.placements:
        lines.append(_of_placements(effect))
    return lines or [_("On %(day)s nobody lacks it, with the proofs of today.") % {"day": day}]


def _of_placements(effect: Effect) -> str:
    if effect.on_lapse == Requirement.OnLapse.HOLD:
        told = ngettext(
            "It concerns %(count)s running placement: payment of its care is held from then on.",
            "It concerns %(count)s running placements: payment of their care is held from then on.",
            effect.placements,
        )
    else:
        told = ngettext(
            "It concerns %(count)s running placement, which goes on.",
            "It concerns %(count)s running placements, which go on.",
            effect.placements,
        )
    return told % {"count": effect.placements}
