"""Pages of one's own account: password, second factor, sessions, roles."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.accounts import context, entry, selectors
from hoofdaannemer.accounts.forms import ConfirmForm, NameForm, PasswordChangeForm, RenewAppForm
from hoofdaannemer.accounts.models import Membership, OpenSession, User
from hoofdaannemer.accounts.services import digest, passwords, roles, second_factor, sessions
from hoofdaannemer.accounts.views.entrance import enrolment, shown_codes
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.pages import ScopedRequest
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import SECOND_FACTOR, Role

EVERYBODY = frozenset(Role) - {Role.SYSTEM, Role.NOBODY}
own_page = page_roles(*sorted(EVERYBODY))
#: A municipal viewer sees no clients and needs no app.
app_page = page_roles(*sorted(SECOND_FACTOR))


def me(request: HttpRequest) -> User:
    """The person who makes this request."""
    return User.objects.get(pk=int(request.user.pk or 0))


@own_page
@require_safe
def account(request: ScopedRequest) -> HttpResponse:
    """Who one is here, and everything one may change about it."""
    user = me(request)
    memberships: list[Membership] = getattr(request, "memberships", [])
    page = {
        "person": user,
        "roles": [context.label_of(one) for one in memberships],
        "sessions": OpenSession.objects.visible_to(request.scope),
        "this_session": request.session.session_key,
        "uses_app": request.scope.role in SECOND_FACTOR,
        "codes_left": selectors.recovery_codes_left(user),
    }
    return render(request, "accounts/account.html", page)


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ScopedRequest) -> HttpResponse:
    """Change one's name."""
    user = me(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        roles.rename(scope=request.scope, user=user, **form.values)
        messages.success(request, _("Your name is changed."))
        return redirect("account")
    return _form(request, form, _("Change your name"), _("Save your name"))


@app_page
@require_POST
def choose_digest(request: ScopedRequest) -> HttpResponse:
    """Get the weekly mail about one's work list, or no longer."""
    wanted = request.POST.get("wanted") == "yes"
    digest.choose(scope=request.scope, user=me(request), wanted=wanted)
    if wanted:
        messages.success(request, _("You get a mail about your work list each Monday."))
    else:
        messages.success(request, _("You no longer get a mail about your work list."))
    return redirect("account")


@own_page
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: ScopedRequest) -> HttpResponse:
    """Change one's password; all other sessions end."""
    user = me(request)
    form = PasswordChangeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        passwords.set_password(
            scope=request.scope,
            user=user,
            password=form.values["password"],
            keep_session=str(request.session.session_key),
        )
        old_key = str(request.session.session_key)
        request.user.password = user.password
        update_session_auth_hash(request, request.user)
        sessions.moved(old_key=old_key, new_key=str(request.session.session_key))
        messages.success(request, _("Your password is changed. Your other sessions have ended."))
        return redirect("account")
    return _form(request, form, _("Change your password"), _("Set the new password"))


@app_page
@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
def renew_app(request: ScopedRequest) -> HttpResponse:
    """Set up another app or phone; the old one stops working at once."""
    user = me(request)
    key = entry.key_to_confirm(request, user)
    form = RenewAppForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            made = second_factor.enrol(
                scope=request.scope, user=user, key=key, code=form.values["code"]
            )
        except RuleError as refusal:
            form.add_error("code", refusal.message)
        else:
            del request.session[entry.NEW_KEY]
            entry.remember(request, made.device)
            entry.new_session_key(request)
            return shown_codes(request, made.codes, reverse("account"))
    return render(request, "accounts/renew_app.html", {"form": form, **enrolment(user, key)})


@app_page
@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
def renew_codes(request: ScopedRequest) -> HttpResponse:
    """Make new recovery codes, shown once; the old ones stop working."""
    user = me(request)
    form = ConfirmForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.renew_codes(scope=request.scope, user=user)
        return shown_codes(request, codes, reverse("account"))
    return _form(
        request,
        form,
        _("Make new recovery codes"),
        _("Make new codes"),
        _("Your old recovery codes stop working at once."),
    )


@own_page
@require_POST
def end_session(request: ScopedRequest, pk: int) -> HttpResponse:
    """Log one of one's own browsers out."""
    session = get_object_or_404(OpenSession.objects.visible_to(request.scope), pk=pk)
    sessions.end(scope=request.scope, session=session)
    if session.session_key == request.session.session_key:
        entry.leave(request)
        return redirect("login")
    messages.success(request, _("That session has ended."))
    return redirect("account")


@own_page
@require_POST
def end_other_sessions(request: ScopedRequest) -> HttpResponse:
    """Log all one's other browsers out."""
    sessions.end_all(scope=request.scope, user=me(request), but=str(request.session.session_key))
    messages.success(request, _("Your other sessions have ended."))
    return redirect("account")


@own_page
@require_POST
def switch_role(request: ScopedRequest) -> HttpResponse:
    """Act in another of one's own roles from here on."""
    chosen = request.POST.get("assignment", "")
    memberships: list[Membership] = getattr(request, "memberships", [])
    membership = next((one for one in memberships if str(one.pk) == chosen), None)
    if membership is None:
        messages.error(request, _("You do not have this role any more."))
        return redirect("account")
    request.session[selectors.ACTING] = membership.pk
    request.session.pop(selectors.MANDATE, None)
    entry.new_session_key(request)
    messages.success(
        request, _("You now act as %(role)s.") % {"role": context.label_of(membership)}
    )
    return redirect(entry.next_address(request, None))


def _form(
    request: HttpRequest, form: object, title: str, submit_label: str, next_text: str = ""
) -> HttpResponse:
    page = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "next_text": next_text,
        "cancel_url": reverse("account"),
        "breadcrumbs": [(_("My account"), reverse("account"))],
    }
    return render(request, "generic/form.html", page)
