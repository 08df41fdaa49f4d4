"""Declaration files: what was not handed in yet, one file with its findings, and its columns."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from billing import declaration_file_books as books
from billing import policies
from billing.declaration_file_forms import LayoutForm, SendForm
from billing.declaration_file_tables import (
    DeclarationFileFilter,
    DeclarationFileTable,
    FindingFilter,
    FindingTable,
)
from billing.declaration_file_words import TONES, facts_of, preview
from billing.models import Declaration, DeclarationFile, DeclarationFileFinding
from billing.rules.filecolumns import Layout, guess
from billing.selectors.month_cards import cards
from billing.services import declaration_files, file_checking
from billing.services.declaration_files import begin_of_file, raw_of, table_of_file
from billing.views.access import OWN
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import mandates
from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.export import KINDS
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    ListPage,
    ScopedRequest,
    allowed,
    asked_or_refused,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import moment_nl

FORM_METHODS = ["GET", "HEAD", "POST"]
#: Bytes of a file that is worked at while its owner waits; a larger one goes to a worker.
AT_ONCE = 100_000
Status = DeclarationFile.Status


class DeclarationFileList(ListPage):
    """Files that were not handed in, until they are or are thrown away; by filter the others."""

    model = DeclarationFile
    table_class = DeclarationFileTable
    filterset_class = DeclarationFileFilter
    roles = OWN
    title = gettext_lazy("Not handed in yet")
    lead = gettext_lazy(
        "Files that you uploaded stay here until you hand them in; what you leave is thrown away"
        " after some months."
    )
    empty_title = gettext_lazy("Nothing waits to be handed in")
    empty_text = gettext_lazy(
        "Upload an export of your own administration. You see first what we make of it."
    )
    export_name = "declaratiebestanden"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.light()  # type: ignore[attr-defined]
        return rows if self.request.GET.get("status") else rows.exclude(status=Status.SENT)

    def primary(self) -> Action | None:
        if not mandates.covers_page(self.request.scope, "declaration_upload"):
            return None
        return Action(_("Upload a file"), reverse("declaration_upload"))

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Declarations"), reverse("declaration_list"))]


def above(row: DeclarationFile | None = None) -> list[tuple[str, str]]:
    """The pages above those of one file."""
    crumbs = [
        (_("Declarations"), reverse("declaration_list")),
        (_("Not handed in yet"), reverse("declaration_file_list")),
    ]
    return [*crumbs, (row.name, row.get_absolute_url())] if row else crumbs


def found(request: ScopedRequest, pk: int) -> DeclarationFile:
    """The file; 404 for that of others."""
    return get_object_or_404(DeclarationFile.objects.visible_to(request.scope), pk=pk)


def take_up_if_small(request: ScopedRequest, row: DeclarationFile) -> None:
    """Who uploads a few rows sees at once what becomes of them."""
    if row.is_busy and len(row.content) < AT_ONCE:
        file_checking.work(scope=request.scope, file_id=row.pk)


class DeclarationFileDetail(ListPage):
    """One file: how far it is, what it comes to, and everything that is wrong with its rows."""

    model = DeclarationFileFinding
    table_class = FindingTable
    filterset_class = FindingFilter
    roles = OWN
    empty_title = gettext_lazy("Nothing is wrong with this file")
    empty_text = gettext_lazy("Every row can be read, and no line would be rejected.")
    export_name = "bevindingen"
    template_name = "billing/declaration_file.html"
    related: ClassVar = ()

    @cached_property
    def row(self) -> DeclarationFile:
        rows = DeclarationFile.objects.visible_to(self.request.scope).light()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.name

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return above()

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(file=self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With how far it is and what can be done."""
        scope, row = self.request.scope, self.row
        made = Declaration.objects.visible_to(scope).filter(file=row)
        return super().get_context_data(
            row=row,
            badge=row.get_status_display(),
            tone=TONES[Status(row.status)],
            facts=facts_of(row),
            told=_("step %(handled)s of %(steps)s")
            % {"handled": row.handled, "steps": DeclarationFile.STEPS},
            declarations=list(made.select_related("main_contractor__organisation")),
            may_map=allowed(policies.check_can_map_file, scope, row),
            may_send=allowed(policies.check_can_send_file, scope, row),
            may_discard=allowed(policies.check_can_discard_file, scope, row),
            same=_same(self.request, row),
            **kwargs,
        )


def _same(request: ScopedRequest, row: DeclarationFile) -> str:
    """When the very same file was handed in before; empty where it was not."""
    rows = DeclarationFile.objects.visible_to(request.scope).light()
    before = rows.filter(digest=row.digest, status=Status.SENT).exclude(pk=row.pk).first()
    return moment_nl(before.sent_at) if before and before.sent_at else ""


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def declaration_file_map(request: ScopedRequest, pk: int) -> HttpResponse:
    """Point out what the columns mean, with the first rows as we read them."""
    row = found(request, pk)
    if not allowed(policies.check_can_map_file, request.scope, row):
        with shown_refusals(request):
            policies.check_can_map_file(request.scope, row)
        return redirect(row)
    sheet = begin_of_file(row)
    layout = Layout.of_json(row.layout) if row.layout else guess(sheet.heads, sheet.lines)
    data = request.POST if request.method == "POST" else None
    form = LayoutForm(data, heads=sheet.heads, layout=layout, scope=request.scope)
    if form.is_bound and form.is_valid():
        layout = form.layout
        if "preview" not in request.POST:
            with shown_refusals(request):
                row = declaration_files.point_out(scope=request.scope, file=row, layout=layout)
                take_up_if_small(request, row)
                return redirect(row)
    return render(
        request,
        "billing/declaration_file_map.html",
        {
            "title": _("What do the columns mean?"),
            "lead": _("Say it once. The next file with the same columns is read by itself."),
            "form": form,
            "preview": preview(sheet, layout),
            "cancel_url": row.get_absolute_url(),
            "breadcrumbs": above(row),
        },
    )


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def declaration_file_send(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hand in the lines of a checked file."""
    row = found(request, pk)
    data = request.POST if request.method == "POST" else None
    form = SendForm(data, wrong=row.wrong_count, scope=request.scope) if row.wrong_count else None
    if request.method == "POST" and (form is None or form.is_valid()):
        with shown_refusals(request):
            row = declaration_files.send(scope=request.scope, file=row, leave_out=form is not None)
            take_up_if_small(request, row)
            messages.success(request, _("Handed in. You see here what becomes of it."))
            return redirect(row)
    context = {
        "title": _("Hand in this file?"),
        "lead": row.name,
        "consequences": _consequences(row),
        "form": form,
        "submit_label": _("Hand in"),
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": above(row),
    }
    context = asked_or_refused(context, policies.check_can_send_file, request.scope, row)
    return render(request, "generic/confirm.html", context)


def _consequences(row: DeclarationFile) -> list[str]:
    counts = {"good": row.good_count, "amount": format_euro(row.submitted)}
    told = [_("Declared: %(good)s lines, %(amount)s in all.") % counts]
    if row.rejected_count:
        told.append(
            _("Would be rejected: %(count)s of them. They come to nothing; the others go on.")
            % {"count": row.rejected_count}
        )
    return [*told, _("It cannot be taken back. A mistake is corrected by a credit in a new file.")]


@roles(*OWN)
@require_http_methods(FORM_METHODS)
def declaration_file_discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Throw a file away that was not handed in."""
    row = found(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            declaration_files.discard(scope=request.scope, file=row)
            messages.success(request, _("The file is thrown away. Nothing of it was declared."))
            return redirect("declaration_file_list")
    context = {
        "title": _("Throw this file away?"),
        "lead": row.name,
        "consequences": [
            _("The file and what was found in it are erased. Nothing is declared."),
            _("What its columns mean stays known for the next file."),
        ],
        "submit_label": _("Throw away"),
        "danger": True,
        "cancel_url": row.get_absolute_url(),
        "breadcrumbs": above(row),
    }
    context = asked_or_refused(context, policies.check_can_discard_file, request.scope, row)
    return render(request, "generic/confirm.html", context)


@roles(*OWN)
@require_safe
def declaration_file_original(request: ScopedRequest, pk: int) -> HttpResponse:
    """The file as it was received."""
    row = found(request, pk)
    if row.erased_at:
        return _gone(request, row)
    audit.record(request.scope, "declaration_file.downloaded", row)
    return attachment(raw_of(row), row.name, "application/octet-stream")


def _gone(request: ScopedRequest, row: DeclarationFile) -> HttpResponse:
    """Back to the page of a file that was erased, with why."""
    with shown_refusals(request):
        raw_of(row)
    return redirect(row)


@roles(*OWN)
@require_safe
def declaration_file_wrong(request: ScopedRequest, pk: int) -> HttpResponse:
    """The rows that cannot be read, with what is wrong, to mend and upload again."""
    row = found(request, pk)
    if row.erased_at:
        return _gone(request, row)
    findings = row.findings.visible_to(request.scope)
    wrong = findings.filter(kind=DeclarationFileFinding.Kind.UNREADABLE)
    kind = "xlsx" if row.name.lower().endswith(".xlsx") else "csv"
    content, media = books.to_mend(table_of_file(row), list(wrong), kind)
    audit.record(request.scope, "declaration_file.downloaded", row)
    return attachment(content, f"te-herstellen.{kind}", media)


@roles(*OWN)
@require_safe
def declaration_template(request: ScopedRequest, month: str, table_kind: str) -> HttpResponse:
    """A file with the own placements of a month, in which only the volumes are to be filled in."""
    try:
        asked = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    if table_kind not in KINDS:
        raise Http404
    of_month = cards(request.scope, asked)
    clients = [card.placement.client_id for card in of_month]
    audit.looked_at(request.scope, clients, "declaration_template.downloaded")
    content, media = books.template(asked, of_month, table_kind)
    return attachment(content, f"declaratie-{asked}.{table_kind}", media)
