"""The page on which an administrator sets the account that the main contractor pays from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.forms import PayingAccountForm
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.accounts.services import parties
from hoofdaannemer.core.numbers import format_iban
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role


@roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def paying_account(request: ScopedRequest) -> HttpResponse:
    """Show the account, and set another."""
    own = get_object_or_404(MainContractor, pk=request.scope.main_contractor_id)
    form = PayingAccountForm(request.POST or None, initial={"iban": own.iban})
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            parties.set_paying_account(scope=request.scope, **form.cleaned_data)
            messages.success(request, _("The account that is paid from is set."))
        return redirect("paying_account")
    page = {
        "title": _("Account that is paid from"),
        "lead": _("Payments go from %(account)s.") % {"account": format_iban(own.iban)}
        if own.iban
        else _("No account is known yet. Until there is one, no payment run can be prepared."),
        "submit_label": _("Set this account"),
        "cancel_url": "/",
        "next_text": _("Runs that were released keep the account that they had."),
    }
    return render(request, "generic/form.html", {"form": form, **page})
