"""Pages on which the administrator manages the keys of the main contractor's own access."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.accounts.filters import AccessKeyFilter
from hoofdaannemer.accounts.forms import KeyForm
from hoofdaannemer.accounts.models import AccessKey
from hoofdaannemer.accounts.services import access_keys
from hoofdaannemer.accounts.tables import AccessKeyTable
from hoofdaannemer.core.pages import Action, ListPage, ScopedRequest, shown_refusals
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import Role

administrator_page = page_roles(Role.ADMINISTRATOR)


class AccessKeyList(ListPage):
    """The keys with which software of the own access asks for care."""

    model = AccessKey
    table_class = AccessKeyTable
    filterset_class = AccessKeyFilter
    related = ("created_by",)
    roles = frozenset({Role.ADMINISTRATOR})
    title = gettext_lazy("Keys of the own access")
    lead = gettext_lazy("With a key the software of your access hands in referrals by itself.")
    empty_title = gettext_lazy("There are no keys yet")
    empty_text = gettext_lazy("Make one if the local team or the referral desk has own software.")
    export_name = "sleutels-toegang"

    def primary(self) -> Action:
        return Action(_("Make a key"), reverse("access_key_create"))


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ScopedRequest) -> HttpResponse:
    """Make a key and show it, once."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key, raw = access_keys.create(scope=request.scope, **form.values)
        return render(request, "accounts/access_key_made.html", {"key": key, "raw": raw})
    page = {
        "title": _("Make a key"),
        "submit_label": _("Make this key"),
        "cancel_url": reverse("access_key_list"),
        "next_text": _("You see the key once, on the next page. Have your software at hand."),
        "breadcrumbs": [(_("Keys of the own access"), reverse("access_key_list"))],
    }
    return render(request, "generic/form.html", {"form": form, **page})


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then stop a key."""
    key = get_object_or_404(AccessKey.objects.visible_to(request.scope), pk=pk)
    if request.method == "POST":
        with shown_refusals(request):
            access_keys.revoke(scope=request.scope, key=key)
            messages.success(request, _("The key no longer works."))
        return redirect("access_key_list")
    page = {
        "title": _("Stop key “%(label)s”?") % {"label": key.label},
        "consequences": [
            _("Software that uses this key can no longer hand in referrals, at once."),
            _("A stopped key cannot be started again; you can make a new one."),
        ],
        "submit_label": _("Stop this key"),
        "cancel_url": reverse("access_key_list"),
        "danger": True,
    }
    return render(request, "generic/confirm.html", page)
