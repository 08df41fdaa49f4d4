"""Pages on which administrators and delegates manage people and their roles."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.accounts import context, policies, selectors
from hoofdaannemer.accounts.filters import MembershipFilter
from hoofdaannemer.accounts.forms import InvitationForm, RoleForm
from hoofdaannemer.accounts.models import AccessKey, ApiToken, Membership, OutgoingMail, User
from hoofdaannemer.accounts.models.people import MembershipQuerySet
from hoofdaannemer.accounts.services import invitations, mail, roles, second_factor
from hoofdaannemer.accounts.tables import MembershipTable, status_badge
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    shown_refusals,
)
from hoofdaannemer.core.pages import roles as page_roles
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import moment_nl

MANAGERS = frozenset({Role.ADMINISTRATOR, Role.SUBCONTRACTOR_ADMIN})
managers_page = page_roles(*sorted(MANAGERS))
PARTIES = ("main_contractor__organisation", "organisation", "municipality")


class UserList(ListPage):
    """Who holds which role; one row a role."""

    model = Membership
    table_class = MembershipTable
    filterset_class = MembershipFilter
    related = ("user", *PARTIES)
    roles = MANAGERS
    title = gettext_lazy("People and roles")
    lead = gettext_lazy("Who may work here, and in which role.")
    empty_title = gettext_lazy("Nobody has been invited yet")
    empty_text = gettext_lazy("Invite the first person; the link comes by mail.")
    export_name = "people"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return cast(MembershipQuerySet, rows).with_status().order_by("user__email", "pk")

    def primary(self) -> Action:
        return Action(_("Invite somebody"), reverse("user_invite"))


class UserDetail(DetailPage):
    """One person, with the roles that the reader manages and no others."""

    model = User
    roles = MANAGERS
    template_name = "accounts/user_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        visible = Membership.objects.visible_to(self.request.scope).with_status()
        managed = visible.select_related("user", *PARTIES)
        # Oneself is visible to everybody, but not a person whom this role manages.
        return (
            super()
            .get_queryset()
            .filter(pk__in=visible.values("user"))
            .prefetch_related(Prefetch("memberships", managed, to_attr="managed"))
        )

    def get_title(self) -> str:
        accepted = any(one.started_at for one in self.object.managed)
        return str(self.object.name if accepted else self.object.email)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("People and roles"), reverse("user_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, person = self.request.scope, self.object
        elsewhere = selectors.works_elsewhere(scope, person)
        may_block = allowed(policies.check_can_block, scope, person, works_elsewhere=elsewhere)
        held = [
            {
                "membership": one,
                "label": context.label_of(one),
                "status_badge": status_badge(one.status),
                "may_end": allowed(policies.check_can_end, scope, one),
                "may_resend": one.status == Membership.Status.INVITED,
            }
            for one in person.managed
        ]
        return super().get_context_data(
            held=held,
            accepted=any(one.started_at for one in person.managed),
            may_block=may_block,
            may_give=person.pk != scope.user_id,
            undelivered=self._undelivered(),
            **kwargs,
        )

    def _undelivered(self) -> list[str]:
        """What was mailed to this person in vain: kind and moment."""
        failed = OutgoingMail.objects.visible_to(self.request.scope).filter(
            user=self.object, state=OutgoingMail.State.FAILED
        )
        return [
            _("%(kind)s, written on %(moment)s")
            % {"kind": capfirst(one.get_kind_display()), "moment": moment_nl(one.created_at)}
            for one in failed
        ]


def _managed(request: ScopedRequest, pk: int) -> User:
    """A person with a role that the scope manages; 404 for anybody else."""
    visible = Membership.objects.visible_to(request.scope)
    people = User.objects.visible_to(request.scope).filter(pk__in=visible.values("user"))
    return get_object_or_404(people, pk=pk)


def _inviting(request: ScopedRequest) -> int | None:
    """The main contractor under which new people come: one's own, or who invited the delegate."""
    memberships: list[Membership] = getattr(request, "memberships", [])
    acting = selectors.acting_membership(request, memberships)
    return acting.main_contractor_id if acting else None


@managers_page
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: ScopedRequest) -> HttpResponse:
    """Invite somebody to a role."""
    form = InvitationForm(
        request.POST or None,
        scope=request.scope,
        main_contractor_id=_inviting(request),
        # A link may say for whom; what this role may not choose is no choice of the form.
        initial={name: request.GET.get(name, "") for name in ("organisation", "role")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite(
                scope=request.scope,
                email=form.values["email"],
                name=form.values["name"],
                appointment=form.appointment(),
            )
        except RuleError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("user_list")
    page = {
        "title": _("Invite somebody"),
        "submit_label": _("Send the invitation"),
        "cancel_url": reverse("user_list"),
        "next_text": _("The link in the mail works for seven days, and once."),
        "breadcrumbs": [(_("People and roles"), reverse("user_list"))],
    }
    return render(request, "generic/form.html", {"form": form, **page})


@managers_page
@require_http_methods(["GET", "HEAD", "POST"])
def give_role(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a person one more role, at once."""
    user = _managed(request, pk)
    form = RoleForm(
        request.POST or None, scope=request.scope, main_contractor_id=_inviting(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            roles.give_role(scope=request.scope, user=user, appointment=form.appointment())
        except RuleError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The role is given."))
            return redirect("user_detail", pk=pk)
    page = {
        "title": _("Give one more role"),
        "submit_label": _("Give this role"),
        "cancel_url": reverse("user_detail", args=[pk]),
        "breadcrumbs": [
            (_("People and roles"), reverse("user_list")),
            (user.email, reverse("user_detail", args=[pk])),
        ],
    }
    return render(request, "generic/form.html", {"form": form, **page})


@managers_page
@require_http_methods(["GET", "HEAD", "POST"])
def end_role(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then take a role away."""
    membership = get_object_or_404(
        Membership.objects.visible_to(request.scope).select_related("user", *PARTIES), pk=pk
    )
    back = reverse("user_detail", args=[membership.user_id])
    if request.method == "POST":
        with shown_refusals(request):
            roles.end_role(scope=request.scope, membership=membership)
            messages.success(request, _("The role has ended."))
        return redirect(back)
    consequences = [
        _("%(person)s is no longer %(role)s, from the next page on.")
        % {"person": membership.user.email, "role": context.label_of(membership)}
    ]
    if membership.role in (Role.SUBCONTRACTOR_ADMIN, Role.ADMINISTRATOR):
        consequences.append(_keys_that_stop(membership.user))
    page = {
        "title": _("End this role?"),
        "consequences": [line for line in consequences if line],
        "submit_label": _("End this role"),
    }
    return _confirm(request, page, back)


@managers_page
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then shut a person out."""
    user = _managed(request, pk)
    back = reverse("user_detail", args=[pk])
    if request.method == "POST":
        with shown_refusals(request):
            roles.block(scope=request.scope, user=user)
            messages.success(request, _("This person is blocked."))
        return redirect(back)
    consequences = [
        _("All sessions of this person end at once."),
        _keys_that_stop(user),
        _("The roles stay, so that you can let the person in again."),
    ]
    page = {
        "title": _("Block this person?"),
        "consequences": [line for line in consequences if line],
        "submit_label": _("Block this person"),
    }
    return _confirm(request, page, back)


@managers_page
@require_POST
def unblock(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let a person in again."""
    user = _managed(request, pk)
    with shown_refusals(request):
        roles.unblock(scope=request.scope, user=user)
        messages.success(request, _("This person may come in again."))
    return redirect("user_detail", pk=pk)


@managers_page
@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then remove the app of somebody who lost it."""
    user = _managed(request, pk)
    back = reverse("user_detail", args=[pk])
    if request.method == "POST":
        with shown_refusals(request):
            second_factor.reset(scope=request.scope, user=user)
            messages.success(request, _("The app can be set up again at the next login."))
        return redirect(back)
    page = {
        "title": _("Remove the second step of this person?"),
        "consequences": [
            _("First make sure, by telephone or in person, that it is this person who asks."),
            _("The app and the recovery codes stop working, and all sessions end."),
            _("At the next login the person sets up an app again, and gets a mail about it now."),
        ],
        "submit_label": _("Remove the second step"),
    }
    return _confirm(request, page, back)


@managers_page
@require_POST
def resend(request: ScopedRequest, pk: int) -> HttpResponse:
    """Mail a new link; the old one stops working."""
    membership = get_object_or_404(Membership.objects.visible_to(request.scope), pk=pk)
    with shown_refusals(request):
        invitations.resend(scope=request.scope, membership=membership)
        messages.success(request, _("A new link is on its way; the old one no longer works."))
    return redirect("user_detail", pk=membership.user_id)


@managers_page
@require_POST
def resend_mail(request: ScopedRequest, pk: int) -> HttpResponse:
    """Send the mail that could not be delivered to this person again."""
    user = _managed(request, pk)
    if mail.resend(scope=request.scope, user=user):
        messages.success(request, _("The mail is on its way again."))
    else:
        messages.info(request, _("There is no mail waiting for this person."))
    return redirect("user_detail", pk=pk)


def _keys_that_stop(user: User) -> str:
    made = {"created_by": user, "revoked_at": None}
    working = (ApiToken.objects.filter(**made), AccessKey.objects.filter(**made))
    if any(keys.exists() for keys in working):
        return _("API keys that this person made stop working. Make new ones first.")
    return ""


def _confirm(request: HttpRequest, page: dict[str, Any], back: str) -> HttpResponse:
    return render(request, "generic/confirm.html", {**page, "cancel_url": back, "danger": True})
