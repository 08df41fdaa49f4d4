"""Declarations: list, one with its lines and verdicts, and upload of a file."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from django.contrib import messages
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from billing.declaration_file_forms import UploadForm
from billing.filters import DeclarationFilter
from billing.findings import MEANINGS, sentence
from billing.models import Declaration, DeclarationFile, DeclaredLine
from billing.selectors.month_cards import months_to_show
from billing.selectors.unpaid import paid_as_allocated, unpaid
from billing.services import declaration_files
from billing.services.dry_run import DryRun, dry_run
from billing.services.uploads import receive
from billing.tables import DeclarationTable
from billing.tones import DECLARATION_TONES
from billing.views.access import OWN, READERS, own_columns, show_refusal
from billing.views.declaration_files import take_up_if_small
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.export import Column, stream
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
#: Of a key in an address: what is longer is no key of the database.
MOST_DIGITS = 18


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
        lines = _ordered(row, _asked_line(self.request)).values_list("client", flat=True)
        shown = {client for client in lines[:SHOWN_LINES] if client}
        audit.looked_at(self.request.scope, shown, self.purpose)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, and the lines: the one asked for, then the rejected, which ask for work."""
        declaration, asked = self.object, _asked_line(self.request)
        lines = (
            _ordered(declaration, asked)
            .select_related("client", "product", "placement", "funding_line")
            .prefetch_related("findings")
        )
        shown = list(lines[:SHOWN_LINES])
        steered, allocated = unpaid(shown), paid_as_allocated(shown)
        correct_urls = _correct_urls(self.request, declaration, shown)
        return super().get_context_data(
            facts=_facts(declaration),
            unpaid=" ".join([*_unpaid_texts(len(steered)), *_allocated_texts(len(allocated))]),
            tone=DECLARATION_TONES[Declaration.Status(declaration.status)],
            refusals=_refusals(declaration),
            lines=[
                {
                    **_shown(line, _why_unpaid(line, steered, allocated)),
                    "correct_url": correct_urls.get(line.pk, ""),
                }
                for line in shown
            ],
            more=max(0, declaration.line_count - SHOWN_LINES),
            asked=asked,
            file_url=_file_url(self.request, declaration),
            rejected_url=reverse("declaration_rejected", args=[declaration.pk])
            if declaration.rejected_count and shown
            else "",
            how_to_correct=_how_to_correct(self.request, declaration),
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


def _ordered(declaration: Declaration, asked: int) -> QuerySet[DeclaredLine]:
    """Its lines as they are shown."""
    first = Case(When(pk=asked, then=0), default=1)
    return declaration.lines.order_by(first, "is_approved", "line")


def _asked_line(request: ScopedRequest) -> int:
    """The line that a link led to, shown first however long the declaration is; 0 for none."""
    text = request.GET.get("line", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def _correct_urls(
    request: ScopedRequest, declaration: Declaration, lines: Sequence[DeclaredLine]
) -> dict[int, str]:
    """By line, where a practice mends what was rejected of its month page.

    The month is that of the care: late lines are declared with a later month (TR318).
    """
    if request.scope.role not in OWN or declaration.source != Declaration.Source.PORTAL:
        return {}
    open_months = months_to_show(request.scope.today)
    return {
        line.pk: reverse("month_page", args=[str(month)]) + f"#card-{line.placement_id}"
        for line in lines
        if not line.is_approved and line.placement_id
        if (month := Month.of(line.start_date)) in open_months
    }


def _how_to_correct(request: ScopedRequest, declaration: Declaration) -> str:
    """What to do with rejected lines that came from elsewhere; empty where there is nothing."""
    if request.scope.role not in OWN or not declaration.rejected_count:
        return ""
    if declaration.source == Declaration.Source.MESSAGE:
        return _(
            "Mend the rejected lines in your own software, and send them in a new declaration with"
            " references that were not used before. The approved lines stay as they are."
        )
    if declaration.source == Declaration.Source.FILE:
        return _(
            "Mend the rejected rows in your file, and hand in those alone, with references that"
            " were not used before. The approved lines stay as they are."
        )
    return ""


def _rejected_columns() -> list[Column]:
    return [
        Column(_("Reference"), lambda line: line.reference),
        Column(_("Client"), lambda line: line.client.pseudonym if line.client else ""),
        Column(_("Product"), lambda line: f"{line.category} {line.code}"),
        Column(_("First day"), lambda line: line.start_date),
        Column(_("Last day"), lambda line: line.end_date),
        Column(_("Volume"), lambda line: line.volume),
        Column(_("Amount"), lambda line: -line.amount if line.is_credit else line.amount),
        Column(
            _("What is wrong"),
            lambda line: " ".join(sentence(one.rule, one.facts) for one in line.findings.all()),
        ),
    ]


@roles(*READERS)
@require_safe
def declaration_rejected(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """All rejected lines with what is wrong, as a spreadsheet."""
    declaration = get_object_or_404(Declaration.objects.visible_to(request.scope), pk=pk)
    lines = (
        declaration.lines.filter(is_approved=False)
        .select_related("client")
        .prefetch_related("findings")
        .order_by("line")
    )
    clients = lines.exclude(client=None).values_list("client", flat=True)
    audit.looked_at(request.scope, set(clients), "declaration")
    audit.record(request.scope, "declaration.downloaded", declaration)
    return stream(
        request.scope,
        lines,
        _rejected_columns(),
        kind="xlsx",
        name=f"afgekeurd-{declaration.number}",
    )


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


def _unpaid_texts(count: int) -> list[str]:
    if not count:
        return []
    text = ngettext(
        "%(count)s approved line counts, but brings no payment: messages under the contract are for"
        " steering only there. What the contract agrees is paid in another way.",
        "%(count)s approved lines count, but bring no payment: messages under the contract are for"
        " steering only there. What the contract agrees is paid in another way.",
        count,
    )
    return [text % {"count": count}]


def _allocated_texts(count: int) -> list[str]:
    if not count:
        return []
    text = ngettext(
        "%(count)s approved line brings no payment of its own: the contract pays what was"
        " allocated, with the month.",
        "%(count)s approved lines bring no payment of their own: the contract pays what was"
        " allocated, with the month.",
        count,
    )
    return [text % {"count": count}]


def _why_unpaid(line: DeclaredLine, steered: Set[int], allocated: Set[int]) -> str:
    if line.pk in steered:
        return _("Nothing is paid for it: steering only.")
    return _("What was allocated is paid, not this.") if line.pk in allocated else ""


def _shown(line: DeclaredLine, unpaid: str) -> dict[str, Any]:
    return {
        "line": line,
        "client": line.client.pseudonym if line.client else "",
        "product": line.product.name if line.product else line.code,
        "period": period_of(line.start_date, line.end_date),
        "volume": volume_text(line.volume, line.unit),
        "amount": -line.amount if line.is_credit else line.amount,
        "unpaid": unpaid,
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
