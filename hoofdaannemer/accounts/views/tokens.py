"""Pages on which a delegate manages the API keys of its organisation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.filters import TokenFilter
from hoofdaannemer.accounts.forms import TokenForm
from hoofdaannemer.accounts.models import ApiToken
from hoofdaannemer.accounts.services import tokens
from hoofdaannemer.accounts.tables import TokenTable
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, shown_refusals
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import Role

delegate_page = page_roles(Role.SUBCONTRACTOR_ADMIN)


class TokenList(ListPage):
    """The keys with which the own software sends and reads messages."""

    model = ApiToken
    table_class = TokenTable
    filterset_class = TokenFilter
    related = ("created_by",)
    roles = frozenset({Role.SUBCONTRACTOR_ADMIN})
    title = gettext_lazy("API keys")
    lead = gettext_lazy("With a key your own software reads and sends your messages.")
    empty_title = gettext_lazy("There are no keys yet")
    empty_text = gettext_lazy("Make one if your software exchanges messages by itself.")
    export_name = "api-keys"

    def primary(self) -> Action:
        return Action(_("Make a key"), reverse("token_create"))


@delegate_page
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ScopedRequest) -> HttpResponse:
    """Make a key and show it, once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, raw = tokens.create(scope=request.scope, **form.values)
        return render(request, "accounts/token_made.html", {"token": token, "raw": raw})
    page = {
        "title": _("Make a key"),
        "submit_label": _("Make this key"),
        "cancel_url": reverse("token_list"),
        "next_text": _("You see the key once, on the next page. Have your software at hand."),
        "breadcrumbs": [(_("API keys"), reverse("token_list"))],
    }
    return render(request, "generic/form.html", {"form": form, **page})


@delegate_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then stop a key."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.scope), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            tokens.revoke(scope=request.scope, token=token)
            messages.success(request, _("The key no longer works."))
        return redirect("token_list")
    page = {
        "title": _("Stop key “%(label)s”?") % {"label": token.label},
        "consequences": [
            _("Software that uses this key can no longer read or send messages, at once."),
            _("A stopped key cannot be started again; you can make a new one."),
        ],
        "submit_label": _("Stop this key"),
        "cancel_url": reverse("token_list"),
        "danger": True,
    }
    return render(request, "generic/confirm.html", page)
