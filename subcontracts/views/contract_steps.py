"""The steps of a subcontract, from draft to running, and its text and signed file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import Subcontract, SubcontractVersion
from subcontracts.pdf import contract_pdf
from subcontracts.rules.contracttext import ContractText
from subcontracts.rules.readiness import Stage, unmet
from subcontracts.selectors.contracttext import text_of
from subcontracts.selectors.readiness import facts_of
from subcontracts.services import contract_life
from subcontracts.signing_forms import BeginForm, SignForm
from subcontracts.views.contract_page import contract_page

FORM_METHODS = ["GET", "HEAD", "POST"]
READERS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}) | SUBCONTRACTOR
_Status = Subcontract.Status


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_offer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then offer a draft."""
    return _step(
        request,
        _in_status(request, pk, _Status.DRAFT),
        contract_life.offer,
        title=_("Offer this contract?"),
        consequences=[
            _("The subcontractor sees it, and can read and download it."),
            _("What it says now is kept as a version. To change it you take the offer back."),
        ],
        label=_("Offer contract"),
        done=_("The contract is offered."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then take an offer back."""
    return _step(
        request,
        _in_status(request, pk, _Status.OFFERED),
        contract_life.withdraw,
        title=_("Take this offer back?"),
        consequences=[
            _("It is a draft again, which the subcontractor does not see."),
            _("The version that was offered is kept."),
        ],
        label=_("Take offer back"),
        done=_("The offer is taken back. You can change the draft."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_start(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then let a signed contract begin."""
    row = _in_status(request, pk, _Status.SIGNED)
    gaps = unmet(facts_of(row), [Stage.SEEN])
    posted = request.POST if request.method == "POST" else None
    form = BeginForm(posted, scope=request.scope, asks_gaps=bool(gaps))
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contract_life.activate(scope=request.scope, subcontract=row, **form.values)
            messages.success(request, _("The contract is active."))
        return redirect(reverse("subcontract_detail", args=[pk]))
    begins = _("Clients can be placed under it from %(day)s.") % {"day": date_nl(row.start_date)}
    return contract_page(
        request,
        row,
        "generic/confirm.html",
        title=_("Let this contract begin?"),
        consequences=[begins, *(one.text for one in gaps)],
        **({"form": form} if gaps else {}),
        submit_label=_("Let contract begin"),
        danger=False,
    )


def _step(
    request: ScopedRequest,
    row: Subcontract,
    service: Callable[..., Subcontract],
    *,
    title: str,
    consequences: Sequence[str],
    label: str,
    done: str,
) -> HttpResponse:
    url = reverse("subcontract_detail", args=[row.pk])
    if request.method == "POST":
        with shown_refusals(request):
            service(scope=request.scope, subcontract=row)
            messages.success(request, done)
        return redirect(url)
    return contract_page(
        request,
        row,
        "generic/confirm.html",
        title=title,
        consequences=consequences,
        submit_label=label,
        danger=False,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_sign(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that both parties signed, with the signed file."""
    row = _in_status(request, pk, _Status.OFFERED)
    form = SignForm(request.POST or None, request.FILES or None, scope=request.scope)
    url = reverse("subcontract_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contract_life.sign(scope=request.scope, subcontract=row, signature=form.signature)
            messages.success(request, _("The signed contract is kept. Now let it begin."))
            return redirect(url)
    return contract_page(
        request,
        row,
        title=_("Record the signing"),
        form=form,
        submit_label=_("Record signing"),
        next_text=_("The contract begins when you let it."),
    )


@roles(*sorted(READERS))
@require_safe
def subcontract_text(request: ScopedRequest, pk: int) -> HttpResponse:
    """The contract as a PDF, as the data are now: for who wants to read along in a draft."""
    row = get_object_or_404(_rows(request), pk=pk)
    mark = _("As it stands on %(day)s; no version that was offered.")
    return _pdf(row, text_of(row), mark % {"day": date_nl(request.scope.today)}, row.number)


@roles(*sorted(READERS))
@require_safe
def version_text(request: ScopedRequest, pk: int) -> HttpResponse:
    """A version as it was offered, or held after an amendment."""
    version = _version(request, pk)
    mark = _("Version %(number)s, offered on %(day)s")
    if version.is_amendment:
        mark = _("Version %(number)s, amended on %(day)s")
    mark %= {"number": version.number, "day": date_nl(version.offered_at)}
    name = f"{version.subcontract.number}-v{version.number}"
    return _pdf(version.subcontract, ContractText.read(version.text), mark, name)


@roles(*sorted(READERS))
@require_safe
def version_signed(request: ScopedRequest, pk: int) -> HttpResponse:
    """The signed file of a version, as it was uploaded."""
    version = _version(request, pk)
    if version.signed_file is None:
        raise Http404
    name = f"{version.subcontract.number}-v{version.number}-getekend"
    return _file(bytes(version.signed_file), name)


def _pdf(row: Subcontract, text: ContractText, mark: str, name: str) -> HttpResponse:
    author = row.main_contractor.organisation.name
    return _file(contract_pdf(text, author=author, mark=mark), name)


def _file(content: bytes, name: str) -> HttpResponse:
    safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
    return attachment(content, f"contract-{safe}.pdf")


def _rows(request: ScopedRequest) -> QuerySet[Subcontract]:
    return Subcontract.objects.visible_to(request.scope).select_related(
        "municipal_contract",
        "subcontractor",
        "provider_organisation",
        "main_contractor__organisation",
    )


def _in_status(request: ScopedRequest, pk: int, status: str) -> Subcontract:
    """A contract at that step; 404 for one that is past it or not there yet."""
    return get_object_or_404(_rows(request), pk=pk, status=status)


def _version(request: ScopedRequest, pk: int) -> SubcontractVersion:
    rows = SubcontractVersion.objects.visible_to(request.scope).select_related(
        "subcontract__main_contractor__organisation"
    )
    return get_object_or_404(rows, pk=pk)
