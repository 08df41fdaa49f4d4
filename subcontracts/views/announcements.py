"""Announcements: the list, one of them for either side, telling, confirming, reminding."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl, period_of
from subcontracts import announcement_policies as policies
from subcontracts.announcement_forms import AnnouncementForm
from subcontracts.announcement_tables import (
    AnnouncementFilter,
    AnnouncementTable,
    ConfirmationTable,
    proof_table,
)
from subcontracts.models import Announcement, ReadConfirmation
from subcontracts.models.announcements import READERS
from subcontracts.selectors.announcements import proofs
from subcontracts.services import announcements

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
EVERYBODY: Final = READERS | SUBCONTRACTOR


class AnnouncementList(ListPage):
    """What was told; a subcontractor sees what was told to it."""

    model = Announcement
    table_class = AnnouncementTable
    filterset_class = AnnouncementFilter
    roles = EVERYBODY
    title = gettext_lazy("Announcements")
    lead = gettext_lazy("What the main contractor tells its subcontractors, and who read it.")
    empty_title = gettext_lazy("No announcements yet")
    empty_text = gettext_lazy("What is told to subcontractors stands here.")
    export_name = "mededelingen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Without the files; counted are the confirmations that one may see."""
        counted: QuerySet[Any] = rows.defer("attachment").annotate(
            read_count=Count("confirmations")
        )
        return counted

    def get_table_kwargs(self) -> dict[str, Any]:
        """Withdrawn ones a subcontractor does not see at all."""
        return {"exclude": ("withdrawn_at",)} if self.request.scope.role in SUBCONTRACTOR else {}

    def primary(self) -> Action | None:
        """Contract managers tell."""
        if self.request.scope.role != Role.CONTRACT_MANAGER:
            return None
        return Action(_("Tell subcontractors"), reverse("announcement_new"))


class AnnouncementDetail(DetailPage):
    """One announcement: to read and confirm, or with the proof of who read it."""

    model = Announcement
    related = ("recorded_by",)
    roles = EVERYBODY
    template_name = "subcontracts/announcement_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().defer("attachment")

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Announcements"), reverse("announcement_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The text, and either the button to confirm or the proof."""
        scope, row = self.request.scope, self.object
        own = ReadConfirmation.objects.visible_to(scope).filter(announcement=row)
        mine = own.filter(user=scope.user_id).first()
        is_theirs = scope.role in SUBCONTRACTOR
        facts = [(_("Told"), period_of(row.start_date, row.end_date))]
        if mine is not None:
            facts.append((_("You confirmed"), moment_nl(mine.read_at)))
        if not is_theirs and row.reminded_at is not None:
            facts.append((_("Last reminder"), moment_nl(row.reminded_at)))
        names = scope.role == Role.CONTRACT_MANAGER
        return super().get_context_data(
            badge=_("withdrawn") if row.withdrawn_at else "",
            tone="neutral",
            facts=facts,
            texts=[(_("Announcement"), row.text)],
            tables=[] if is_theirs else [proof_table(proofs(scope, row), names=names)],
            actions=_actions(scope, row),
            may_confirm=allowed(
                policies.check_can_confirm, scope, row, has_confirmed=mine is not None
            ),
            **kwargs,
        )


def _actions(scope: Scope, row: Announcement) -> list[tuple[str, str, str]]:
    found = []
    if scope.role not in SUBCONTRACTOR:
        url = reverse("announcement_proof", args=[row.pk])
        found.append((_("Who read it, as a list"), url, "secondary"))
    if allowed(policies.check_can_change, scope, row):
        found.append((_("Remind"), reverse("announcement_remind", args=[row.pk]), "secondary"))
        url = reverse("announcement_withdraw", args=[row.pk])
        found.append((_("Withdraw announcement"), url, "subtle"))
    return found


class AnnouncementProof(ListPage):
    """Who confirmed having read one announcement, and when."""

    model = ReadConfirmation
    table_class = ConfirmationTable
    related = ("provider_organisation",)
    roles = READERS
    lead = gettext_lazy("Who confirmed having read it, and when.")
    empty_title = gettext_lazy("Nobody has read it yet")
    empty_text = gettext_lazy("Once somebody confirms, it stands here.")
    export_name = "leesbewijs"

    @cached_property
    def announcement(self) -> Announcement:
        rows = Announcement.objects.visible_to(self.request.scope).defer("attachment")
        found: Announcement = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        return str(self.announcement)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(announcement=self.announcement)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        row = self.announcement
        above = (str(row), reverse("announcement_detail", args=[row.pk]))
        return [(_("Announcements"), reverse("announcement_list")), above]


def _found(scope: Scope, pk: int) -> Announcement:
    return get_object_or_404(Announcement.objects.visible_to(scope).defer("attachment"), pk=pk)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def announcement_new(request: ScopedRequest) -> HttpResponse:
    """Tell something to all subcontractors, or to some."""
    scope = request.scope
    form = AnnouncementForm(
        request.POST or None,
        request.FILES or None,
        scope=scope,
        initial={"start_date": scope.today},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            row = announcements.announce(
                scope=scope, main_contractor_id=scope.main_contractor_id, **form.values
            )
            messages.success(request, _("Told. You see below who has read it."))
            return redirect("announcement_detail", row.pk)
    url = reverse("announcement_list")
    context = {
        "title": _("Tell subcontractors"),
        "form": form,
        "submit_label": _("Tell"),
        "cancel_url": url,
        "next_text": _("It stays on the work list of each of their people until they confirm."),
        "breadcrumbs": [(_("Announcements"), url)],
    }
    return render(request, "generic/form.html", context)


@roles(*sorted(SUBCONTRACTOR))
@require_POST
def announcement_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm that one has read it."""
    row = _found(request.scope, pk)
    with shown_refusals(request):
        announcements.confirm(scope=request.scope, announcement=row)
        messages.success(request, _("You confirmed that you have read it."))
    return redirect("announcement_detail", pk)


@roles(*sorted(EVERYBODY))
@require_safe
def announcement_attachment(request: ScopedRequest, pk: int) -> HttpResponse:
    """The file that came with it."""
    row = get_object_or_404(Announcement.objects.visible_to(request.scope), pk=pk)
    if not row.attachment_name:
        raise Http404
    return attachment(bytes(row.attachment), row.attachment_name)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def announcement_remind(request: ScopedRequest, pk: int) -> HttpResponse:
    """Remind who did not confirm."""
    return _confirmed(
        request,
        pk,
        announcements.remind,
        _("Reminded."),
        title=_("Remind who has not read it?"),
        consequences=[
            _("It comes on top of the work list of everybody who has not confirmed yet."),
        ],
        submit_label=_("Remind"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def announcement_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let subcontractors no longer see it."""
    return _confirmed(
        request,
        pk,
        announcements.withdraw,
        _("The announcement is withdrawn."),
        title=_("Withdraw the announcement?"),
        consequences=[
            _("Subcontractors no longer see it. Who has read it stays on record."),
        ],
        submit_label=_("Withdraw announcement"),
        danger=True,
    )


def _confirmed(
    request: ScopedRequest, pk: int, act: Any, done: str, **context: Any
) -> HttpResponse:
    row = _found(request.scope, pk)
    url = reverse("announcement_detail", args=[row.pk])
    if request.method == "POST":
        with shown_refusals(request):
            act(scope=request.scope, announcement=row)
            messages.success(request, done)
        return redirect(url)
    crumbs = [(_("Announcements"), reverse("announcement_list")), (str(row), url)]
    context |= {"cancel_url": url, "breadcrumbs": crumbs}
    context = asked_or_refused(context, policies.check_can_change, request.scope, row)
    return render(request, "generic/confirm.html", context)
