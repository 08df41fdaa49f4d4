"""Pages for people without a session: login, second factor, invitation, password reset."""

from __future__ import annotations

import math
from urllib.parse import quote

import segno
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.accounts import context, entry, selectors
from hoofdaannemer.accounts.forms import CodeForm, EmailForm, LoginForm, NewPasswordForm
from hoofdaannemer.accounts.models import AuthenticatorApp, User
from hoofdaannemer.accounts.services import invitations, passwords, second_factor
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope

TOO_MANY_REQUESTS = 429


def nobody() -> Scope:
    """A stranger, now."""
    return Scope(role=Role.NOBODY, at=timezone.now())


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password; too many failures close the login for a while."""
    asked = request.POST.get("next") or request.GET.get("next")
    if request.user.is_authenticated:
        return redirect(entry.next_address(request, asked))
    initial = {"username": request.GET.get("as", "")}
    form = LoginForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        entry.in_turn(request, form.values["username"])
        user = auth.authenticate(request=request, **form.values)
        if getattr(request, "axes_locked_out", False):
            return _locked_out(request)
        if user is not None and selectors.memberships_of(user):
            return entry.password_given(request, user, asked)
        form.add_error(None, _("This e-mail address and password do not fit together."))
    demo = [
        {"email": one.user.email, "label": context.label_of(one)}
        for one in selectors.demo_memberships()
    ]
    return render(request, "accounts/login.html", {"form": form, "next": asked or "", "demo": demo})


def _locked_out(request: HttpRequest) -> HttpResponse:
    # The library would answer with its own line of text; this page says how long, and what to do.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    until = timezone.now() + settings.AXES_COOLOFF_TIME
    page = {"until": until, "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)}
    return render(request, "accounts/locked_out.html", page, status=TOO_MANY_REQUESTS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the app, or a recovery code."""
    user = entry.waiting_user(request)
    if user is None:
        return redirect("login")
    if not selectors.has_second_factor(user):
        return redirect("second_factor_enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict = second_factor.verify(
            scope=selectors.person(user, timezone.now()), user=user, **form.values
        )
        if verdict.device is not None:
            return _come_in(request, user, verdict)
        form.add_error("code", _refusal(verdict))
    page = {"form": form, "demo_code": selectors.demo_code(user)}
    return render(request, "accounts/second_factor.html", page)


def _come_in(request: HttpRequest, user: User, verdict: second_factor.Verdict) -> HttpResponse:
    to = request.session.get(entry.NEXT)
    entry.begin(request, user, verdict.device)
    if verdict.by_recovery_code:
        left = selectors.recovery_codes_left(user)
        messages.warning(
            request,
            _(
                "You used a recovery code; %(left)s are left. "
                "Set up your app again if you no longer have it."
            )
            % {"left": left},
        )
        return redirect("account")
    return redirect(entry.next_address(request, to))


def _refusal(verdict: second_factor.Verdict) -> str:
    if verdict.until is not None:
        seconds = max(1, int((verdict.until - timezone.now()).total_seconds()) + 1)
        return _("Too many wrong codes. Wait %(seconds)s seconds and try again.") % {
            "seconds": seconds
        }
    return _("This code is not right. A code works once and for half a minute.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the app at the first login: picture, key as text, and a code as proof."""
    user = entry.waiting_user(request)
    if user is None:
        return redirect("login")
    if selectors.has_second_factor(user):
        return redirect("second_factor")
    key = entry.key_to_confirm(request, user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = selectors.person(user, timezone.now())
        try:
            made = second_factor.enrol(scope=scope, user=user, key=key, **form.values)
        except RuleError as refusal:
            form.add_error("code", refusal.message)
        else:
            to = request.session.get(entry.NEXT)
            entry.begin(request, user, made.device)
            return shown_codes(request, made.codes, entry.next_address(request, to))
    return render(request, "accounts/enrol.html", {"form": form, **enrolment(user, key)})


def enrolment(user: User, key: str) -> dict[str, str]:
    """The new key as a picture for a phone's camera and as text in groups of four."""
    app = AuthenticatorApp(user=user, key=key)
    picture = segno.make(app.address, error="m")
    return {
        "picture": picture.svg_data_uri(scale=5, dark="#000", light="#fff", border=3),
        "key_text": " ".join(app.secret[at : at + 4] for at in range(0, len(app.secret), 4)),
    }


def shown_codes(request: HttpRequest, codes: list[str], to: str) -> HttpResponse:
    """The recovery codes, once; with a file to keep them in."""
    lines = "\r\n".join(["Hoofdaannemer", *codes, ""])
    page = {"codes": codes, "to": to, "file": f"data:text/plain;charset=utf-8,{quote(lines)}"}
    return render(request, "accounts/recovery_codes.html", page)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    entry.leave(request)
    messages.success(request, _("You are logged out."))
    return redirect("login")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take up a role; whoever has no password yet sets one here."""
    found = selectors.open_invitation(token, timezone.now())
    if found is None:
        return render(request, "accounts/link_expired.html", {"kind": "invitation"}, status=404)
    user = found.membership.user
    is_new = not user.has_usable_password()
    form = NewPasswordForm(request.POST or None, user=user) if is_new else None
    if request.method == "POST" and (form is None or form.is_valid()):
        password = form.values["password"] if form else None
        user = invitations.accept(scope=nobody(), token=token, password=password)
        if is_new and not request.user.is_authenticated:
            return entry.password_given(request, user, None)
        messages.success(request, _("Your new role is ready. Log in to use it."))
        return redirect("login")
    page = {"form": form, "membership": found.membership, "is_new": is_new}
    return render(request, "accounts/invitation.html", page)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    """Mail a link for a new password; the answer is the same for every address."""
    form = EmailForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/password_reset.html", {"form": form})
    if wait := entry.seconds_to_wait(request):
        minutes = math.ceil(wait / 60)
        text = _("Too many new passwords were asked for. Try again in %(minutes)s minutes.")
        form.add_error(None, text % {"minutes": minutes})
        page = {"form": form}
        return render(request, "accounts/password_reset.html", page, status=TOO_MANY_REQUESTS)
    passwords.ask_reset(scope=nobody(), **form.values)
    return redirect("password_reset_sent")


@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    """What happens next, whether or not there is such an address."""
    return render(request, "accounts/password_reset_sent.html")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a new password through a mailed link; the second factor is still asked."""
    user = passwords.person_of(uid, token)
    if user is None:
        return render(request, "accounts/link_expired.html", {"kind": "reset"}, status=404)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        scope = selectors.person(user, timezone.now())
        passwords.set_password(scope=scope, user=user, password=form.values["password"])
        messages.success(request, _("Your new password is set. Log in with it."))
        return redirect("login")
    return render(request, "accounts/password_new.html", {"form": form})
