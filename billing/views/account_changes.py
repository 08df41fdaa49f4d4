"""Changes of the account a subcontractor is paid to: the list, one of them, and each step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing import policies
from billing.account_forms import AskAccountForm, DecideAccountForm, UndoAccountForm
from billing.account_tables import TONES, AccountChangeFilter, AccountChangeTable
from billing.models import AccountChange
from billing.services import account_changes
from billing.views.access import CONTROLLER, OWN, own_columns
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.numbers import format_iban, mask_iban
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
BOTH = OWN | CONTROLLER
Status = AccountChange.Status


class AccountChangeList(ListPage):
    """Changes of accounts, newest first."""

    model = AccountChange
    table_class = AccountChangeTable
    filterset_class = AccountChangeFilter
    related = ("provider_organisation",)
    roles = BOTH
    title = gettext_lazy("Accounts")
    lead = gettext_lazy(
        "An account changes in two steps, by two sides. Then nothing is paid to it for a week."
    )
    empty_title = gettext_lazy("No account was changed")
    empty_text = gettext_lazy("What is asked and decided stays here to read.")
    export_name = "rekeningwijzigingen"

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    def primary(self) -> Action | None:
        return Action(_("Change an account"), reverse("account_change_ask"))


class AccountChangeDetail(DetailPage):
    """One change with who did what, and what may be done now."""

    model = AccountChange
    related = (
        "provider_organisation",
        "subcontractor",
        "main_contractor__organisation",
        *("asked_by", "confirmed_by", "decided_by"),
    )
    roles = BOTH
    template_name = "billing/account_change.html"

    def get_title(self) -> str:
        return _("Account of %(name)s") % {"name": self.object.provider_organisation.name}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Accounts"), reverse("account_change_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, whose turn it is, and the steps for this reader."""
        scope, row = self.request.scope, self.object
        is_cooling = row.cooling_until is not None and scope.today <= row.cooling_until
        return super().get_context_data(
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=_facts(row),
            cooling=_("Nothing is paid to this account up to and including %(day)s.")
            % {"day": date_nl(row.cooling_until)}
            if is_cooling
            else "",
            may_confirm=row.status == Status.TO_CONFIRM
            and allowed(policies.check_can_confirm_account, scope, row),
            may_decide=row.status == Status.TO_DECIDE
            and allowed(policies.check_can_decide_account, scope, row),
            may_withdraw=row.status in AccountChange.OPEN,
            may_undo=is_cooling and allowed(policies.check_can_undo_account, scope, row),
            **kwargs,
        )


def _facts(row: AccountChange) -> list[tuple[str, str]]:
    facts = [
        (_("Main contractor"), row.main_contractor.organisation.name),
        (_("New account"), format_iban(row.iban)),
        (_("In the name of"), row.account_holder),
        (_("Account until now"), mask_iban(row.previous_iban) if row.previous_iban else "–"),
        (_("Why"), row.reason),
        (_("Asked"), _by(row.asked_by, row.asked_at)),
    ]
    if row.confirmed_at:
        facts.append((_("Confirmed"), _by(row.confirmed_by, row.confirmed_at)))
    if row.decided_at:
        facts.append((_("Decided"), _by(row.decided_by, row.decided_at)))
        facts.append((_("How it was checked"), row.checked))
    if row.undone_at:
        facts.append((_("Undone"), f"{moment_nl(row.undone_at)}. {row.undone_because}"))
    return facts


def _by(user: Any, moment: Any) -> str:
    return f"{user.name}, {moment_nl(moment)}" if user else moment_nl(moment)


@roles(*sorted(BOTH))
@require_http_methods(FORM_METHODS)
def account_change_ask(request: ScopedRequest) -> HttpResponse:
    """Ask for another account; `?subcontractor=` chooses whose."""
    chosen = {name: request.GET[name] for name in ("subcontractor",) if name in request.GET}
    form = AskAccountForm(request.POST or None, scope=request.scope, initial=chosen)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = account_changes.ask(
                scope=request.scope,
                subcontractor=form.cleaned_data["subcontractor"],
                account=form.account,
            )
            messages.success(request, _next_step(made))
            return redirect(made)
    next_text = _("An administrator of the organisation confirms it, and a controller decides.")
    return _form(request, _("Change an account"), form, _("Ask"), next_text)


def _next_step(change: AccountChange) -> str:
    if change.status == Status.TO_CONFIRM:
        return _("Asked. An administrator of the organisation confirms it first.")
    return _("Asked. The controller of the main contractor checks and decides.")


@roles(Role.SUBCONTRACTOR_ADMIN)
@require_POST
def account_change_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm what a colleague or a controller asked."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        account_changes.confirm(scope=request.scope, change=row)
        messages.success(request, _("Confirmed. The controller checks and decides."))
    return redirect(row)


@roles(*CONTROLLER)
@require_http_methods(FORM_METHODS)
def account_change_decide(request: ScopedRequest, pk: int) -> HttpResponse:
    """Approve or refuse."""
    row = _found(request.scope, pk)
    form = DecideAccountForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = account_changes.decide(scope=request.scope, change=row, **form.values)
            is_approved = made.status == Status.APPROVED
            messages.success(
                request,
                _("Approved. Nothing is paid to this account for a week.")
                if is_approved
                else _("Refused. The account stays as it is."),
            )
            return redirect(made)
    text = _("%(iban)s, in the name of %(holder)s. Call a number that you knew before.")
    next_text = text % {"iban": format_iban(row.iban), "holder": row.account_holder}
    return _form(request, _("Decide about the account"), form, _("Decide"), next_text, row)


@roles(*sorted(BOTH))
@require_POST
def account_change_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take an open change back."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        account_changes.withdraw(scope=request.scope, change=row)
        messages.success(request, _("It is withdrawn."))
    return redirect(row)


@roles(Role.SUBCONTRACTOR_ADMIN, Role.CONTROLLER)
@require_http_methods(FORM_METHODS)
def account_change_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put the account before it back."""
    row = _found(request.scope, pk)
    form = UndoAccountForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            account_changes.undo(scope=request.scope, change=row, **form.values)
            messages.success(request, _("Undone. The account before it holds again."))
            return redirect(row)
    next_text = _("The account before it comes back, and is not paid to for a week either.")
    return _form(request, _("Undo the change"), form, _("Undo"), next_text, row)


def _found(scope: Scope, pk: int) -> AccountChange:
    return get_object_or_404(
        AccountChange.objects.visible_to(scope).select_related("subcontractor"), pk=pk
    )


def _form(
    request: ScopedRequest,
    title: str,
    form: PlainForm,
    label: str,
    next_text: str,
    row: AccountChange | None = None,
) -> HttpResponse:
    above = [(_("Accounts"), reverse("account_change_list"))]
    if row:
        above.append((str(row), row.get_absolute_url()))
    return form_page(
        request, title=title, form=form, submit_label=label, above=above, next_text=next_text
    )
