"""Reading in the referrals of the main contractor's own access, on a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import export
from hoofdaannemer.core.export import Column
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, Scope
from subcontracts.models import ReferralFile
from subcontracts.referral_forms import COLUMNS_TOLD, ReferralFileForm
from subcontracts.rules import referralfile
from subcontracts.rules.referralcells import COLUMNS
from subcontracts.selectors import refusedrows
from subcontracts.selectors.referrals import clients_in
from subcontracts.services import referrals

CARE_PAGE = tuple(sorted(CARE))
#: Files shown, and things that are wrong in a dry run.
SHOWN_FILES = 12
SHOWN_FAULTS = 200


@roles(*CARE_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def referral_file_list(request: ScopedRequest) -> HttpResponse:
    """Hand in referrals, or see first what would become of them."""
    form = ReferralFileForm(request.POST or None, request.FILES or None, scope=request.scope)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            handed_in = referralfile.read(form.cleaned_data["file"])
            if "hand_in" in request.POST:
                row, _outcome = referrals.hand_in(
                    scope=request.scope, referrals=handed_in, source=ReferralFile.Source.PORTAL
                )
                _tell(request, row)
                return redirect("referral_file_list")
            outcome = referrals.dry_run(scope=request.scope, referrals=handed_in)
            context = {"outcome": outcome, "refused": _wrong_rows(outcome)}
    return render(
        request,
        "subcontracts/referral_files.html",
        context
        | {
            "title": _("Read in referrals"),
            "lead": _("Each referral becomes a request to the municipality."),
            "breadcrumbs": [(_("Requests"), reverse("request_list"))],
            "form": form,
            "handed_in": _handed_in(request.scope),
            "columns": {
                "caption": _("The columns of the file"),
                "headers": [_("Column"), _("What it holds")],
                "rows": COLUMNS_TOLD,
            },
        },
    )


def _tell(request: ScopedRequest, row: ReferralFile) -> None:
    if row.taken_count:
        text = ngettext(
            "%(count)s request is made.", "%(count)s requests are made.", row.taken_count
        )
        messages.success(request, text % {"count": row.taken_count})
    if row.known_count:
        text = ngettext(
            "%(count)s referral was handed in before.",
            "%(count)s referrals were handed in before.",
            row.known_count,
        )
        messages.info(request, text % {"count": row.known_count})
    if row.refused_count:
        text = ngettext(
            "%(count)s referral was not taken. Download it below, mend it and hand it in again.",
            "%(count)s referrals were not taken. Download them below, mend them and hand them in"
            " again.",
            row.refused_count,
        )
        messages.warning(request, text % {"count": row.refused_count})


def _wrong_rows(outcome: referrals.Outcome) -> dict[str, Any] | None:
    lines = sorted((line.number, line.faults) for one in outcome.refused for line in one.lines)
    if not lines:
        return None
    rows = [
        (number, fault.column, fault.rule, fault.text)
        for number, faults in lines
        for fault in faults
    ]
    return {
        "caption": _("What is wrong"),
        "headers": [_("Row"), _("Column"), _("Rule"), _("What is wrong")],
        "rows": rows[:SHOWN_FAULTS],
        "left_out": max(0, len(rows) - SHOWN_FAULTS),
    }


def _handed_in(scope: Scope) -> list[dict[str, Any]]:
    """The newest; of the calls of software only those that somebody must look at."""
    by_hand = Q(source=ReferralFile.Source.PORTAL)
    rows = ReferralFile.objects.visible_to(scope).filter(by_hand | Q(refused_count__gt=0))
    return [
        {
            "row": row,
            "url": reverse("referral_file_refused", args=[row.pk]) if row.refused_count else "",
        }
        for row in rows[:SHOWN_FILES]
    ]


@roles(*CARE_PAGE)
@require_safe
def referral_file_template(request: ScopedRequest) -> HttpResponseBase:
    """A file with the headings and no rows."""
    heads = [Column(name, lambda _row: "") for name in COLUMNS]
    return export.stream(request.scope, (), heads, kind="csv", name="verwijzingen")


@roles(*CARE_PAGE)
@require_safe
def referral_file_refused(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """The rows that were not taken, with what is wrong, to mend and hand in again."""
    file = get_object_or_404(ReferralFile.objects.visible_to(request.scope), pk=pk)
    columns = refusedrows.columns(COLUMNS)
    rows = file.refused_rows.all()
    audit.looked_at(request.scope, clients_in(request.scope, rows), "referral_file.downloaded")
    audit.record(request.scope, "referral_file.downloaded", file)
    return export.stream(request.scope, rows, columns, kind="csv", name="niet-overgenomen")
