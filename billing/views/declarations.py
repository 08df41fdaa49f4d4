"""Declarations: list, one with its lines and verdicts, and upload of a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from billing.declaration_file_forms import UploadForm
from billing.filters import DeclarationFilter
from billing.findings import MEANINGS, sentence
from billing.models import Declaration, DeclarationFile, DeclaredLine
from billing.selectors.month_cards import months_to_show
from billing.selectors.unpaid import unpaid
from billing.services import declaration_files
from billing.services.dry_run import DryRun, dry_run
from billing.services.uploads import receive
from billing.tables import DeclarationTable
from billing.tones import DECLARATION_TONES
from billing.views.access import OWN, READERS, own_columns, show_refusal
from billing.views.declaration_files import take_up_if_small
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    roles,
)
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import month_nl, period_of
from subcontracts.words import volume_text

SHOWN_LINES = 500


class DeclarationList(ListPage):
    """Declarations, newest first."""

    model = Declaration
    table_class = DeclarationTable
    filterset_class = DeclarationFilter
    related = ("provider_organisation",)
    roles = READERS
    template_name = "billing/declaration_list.html"
    title = gettext_lazy("Declarations")
    lead = gettext_lazy("What was declared, and which lines were approved.")
    empty_title = gettext_lazy("No declarations yet")
    empty_text = gettext_lazy(
        "They come from the month page, as a 323 message or from a file of your own."
    )

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way to a file, beside the month page."""
        is_own = self.request.scope.role in OWN
        url = reverse("declaration_upload") if is_own else ""
        return super().get_context_data(upload_url=url, **kwargs)

    def primary(self) -> Action | None:
        """A subcontractor hands in its month."""
        if self.request.scope.role in OWN:
            return Action(_("Hand in your month"), reverse("month_current"))
        return None


class DeclarationDetail(DetailPage):
    """One declaration with the verdict per line."""

    model = Declaration
    related = ("provider_organisation",)
    roles = READERS
    template_name = "billing/declaration_detail.html"
    purpose = "declaration"

    def get_title(self) -> str:
        """Its number."""
        return _("Declaration %(number)s") % {"number": self.object.number}

    def log_view(self, row: Any) -> None:
        """Lines show client numbers."""
        clients = row.lines.exclude(client=None).values_list("client", flat=True)[:SHOWN_LINES]
        audit.looked_at(self.request.scope, clients, self.purpose)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, and the lines: the rejected ones first, for those ask for work."""
        declaration = self.object
        lines = (
            declaration.lines.select_related("client", "product", "placement")
            .prefetch_related("findings")
            .order_by("is_approved", "line")
        )
        shown = list(lines[:SHOWN_LINES])
        unpaid_lines = unpaid(shown)
        return super().get_context_data(
            facts=_facts(declaration),
            unpaid=_unpaid_text(len(unpaid_lines)),
            tone=DECLARATION_TONES[Declaration.Status(declaration.status)],
            refusals=_refusals(declaration),
            lines=[_shown(line, is_unpaid=line.pk in unpaid_lines) for line in shown],
            more=max(0, declaration.line_count - SHOWN_LINES),
            file_url=_file_url(self.request, declaration),
            correct_url=_correct_url(self.request, declaration),
            lead=_("%(name)s, %(month)s")
            % {
                "name": declaration.provider_organisation.name,
                "month": month_nl(declaration.month),
            },
            **kwargs,
        )

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Declarations"), reverse("declaration_list"))]


def _correct_url(request: ScopedRequest, declaration: Declaration) -> str:
    """Where a practice mends what was rejected of its month page; empty where it cannot."""
    month = Month.of(declaration.month)
    is_own = request.scope.role in OWN and declaration.source == Declaration.Source.PORTAL
    if not (is_own and declaration.rejected_count and month in months_to_show(request.scope.today)):
        return ""
    return reverse("month_page", args=[str(month)])


def _file_url(request: ScopedRequest, declaration: Declaration) -> str:
    """The file it was made of, for who handed it in."""
    if request.scope.role not in OWN or not declaration.file_id:
        return ""
    return reverse("declaration_file_detail", args=[declaration.file_id])


def _facts(declaration: Declaration) -> list[tuple[str, Any]]:
    return [
        (_("Law"), declaration.get_family_display()),
        (_("Came in as"), declaration.get_source_display()),
        (_("Declared"), format_euro(declaration.submitted)),
        (_("Approved"), format_euro(declaration.granted)),
    ]


def _refusals(declaration: Declaration) -> list[str]:
    codes = declaration.codes.split()
    return [sentence(rule, {}) for rule, one in MEANINGS.items() if one.code in codes]


def _unpaid_text(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s approved line counts, but brings no payment: messages under the contract are for"
        " steering only there. What the contract agrees is paid in another way.",
        "%(count)s approved lines count, but bring no payment: messages under the contract are for"
        " steering only there. What the contract agrees is paid in another way.",
        count,
    ) % {"count": count}


def _shown(line: DeclaredLine, *, is_unpaid: bool) -> dict[str, Any]:
    return {
        "line": line,
        "client": line.client.pseudonym if line.client else "",
        "product": line.product.name if line.product else line.code,
        "period": period_of(line.start_date, line.end_date),
        "volume": volume_text(line.volume, line.unit),
        "amount": -line.amount if line.is_credit else line.amount,
        "is_unpaid": is_unpaid,
        "sentences": [sentence(one.rule, one.facts) for one in line.findings.all()],
    }


@roles(*OWN)
@require_http_methods(["GET", "POST"])
def declaration_upload(request: ScopedRequest) -> HttpResponse:
    """Hand in a 323 as a file, or see first what would be said of it; or upload a table."""
    form = UploadForm(request.POST or None, request.FILES or None, scope=request.scope)
    context = {
        "title": _("Hand in a declaration file"),
        "lead": _("A 323 of your software, or an export of your own administration."),
        "form": form,
        "waiting": _waiting(request),
        "templates": _templates(request),
        "breadcrumbs": [(_("Declarations"), reverse("declaration_list"))],
    }
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["is_sheet"]:
                return _uploaded(request, form)
            found = dry_run(scope=request.scope, raw=form.values["file"])
            if "hand_in" in request.POST:
                receive(scope=request.scope, raw=form.values["file"])
                messages.success(request, _("Handed in. The verdict stands in the list."))
                return redirect("declaration_list")
            context["found"] = found
            context["rejected"] = _rejected(found)
        except DomainError as refusal:
            show_refusal(request, refusal)
    return render(request, "billing/declaration_upload.html", context)


def _uploaded(request: ScopedRequest, form: UploadForm) -> HttpResponse:
    """A table is kept; it is handed in from its own page, once one has seen what it says."""
    values = form.cleaned_data
    row = declaration_files.upload(scope=request.scope, raw=values["file"], name=values["name"])
    if row.status == row.Status.MAPPING:
        return redirect("declaration_file_map", row.pk)
    take_up_if_small(request, row)
    return redirect(row)


def _waiting(request: ScopedRequest) -> str:
    rows = DeclarationFile.objects.visible_to(request.scope)
    count = rows.exclude(status=DeclarationFile.Status.SENT).count()
    if not count:
        return ""
    return ngettext(
        "%(count)s file was not handed in yet", "%(count)s files were not handed in yet", count
    ) % {"count": count}


def _templates(request: ScopedRequest) -> list[tuple[str, str, str]]:
    """Files to fill in, of the month that ended and the one before: its name, CSV and Excel."""
    month = Month.of(request.scope.today).previous()
    return [
        (
            month_nl(one),
            reverse("declaration_template", args=[str(one), "csv"]),
            reverse("declaration_template", args=[str(one), "xlsx"]),
        )
        for one in (month, month.previous())
    ]


def _rejected(found: DryRun) -> list[dict[str, Any]]:
    return [
        {"reference": one.row.reference, "line": one.row.line, "sentences": one.sentences}
        for one in found.lines
        if one.codes
    ][:SHOWN_LINES]
