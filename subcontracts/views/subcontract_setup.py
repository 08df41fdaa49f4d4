"""Setting up a subcontract: who, under what, funding lines and tariffs, while it is a draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role
from subcontracts.carrying_forms import CarryForm
from subcontracts.contract_forms import SubcontractForm, SubcontractorForm
from subcontracts.funding_forms import FundingLineForm
from subcontracts.models import FundingLine, Subcontract, Tariff
from subcontracts.services import carrying, contracts, drafting, parties
from subcontracts.services.carrying import Carried
from subcontracts.views.contract_page import contract_page
from subcontracts.words import held_tariff_text

FORM_METHODS = ["GET", "HEAD", "POST"]


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontractor_new(request: ScopedRequest) -> HttpResponse:
    """Let an organisation work for us."""
    form = SubcontractorForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            made = parties.take_on(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                details=form.details,
                period=form.period,
                iban=form.cleaned_data["iban"],
                account_holder=form.cleaned_data["account_holder"],
            )
            messages.success(request, _("%(name)s is taken up.") % {"name": made})
            return redirect("subcontractor_detail", made.pk)
    context = {
        "title": _("Take up a subcontractor"),
        "form": form,
        "submit_label": _("Take up subcontractor"),
        "cancel_url": reverse("subcontractor_list"),
        "next_text": _("Then make a contract, and let the administrator invite its people."),
        "breadcrumbs": [(_("Subcontractors"), reverse("subcontractor_list"))],
    }
    return render(request, "generic/form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_new(request: ScopedRequest) -> HttpResponse:
    """Draft a subcontract, empty or like an existing one."""
    initial = {
        name: request.GET.get(name, "") for name in ("subcontractor", "municipal_contract", "like")
    }
    form = SubcontractForm(request.POST or None, scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        carry = _carry(request, form)
        if carry is None or ("carry" in request.POST and carry.is_valid()):
            with shown_refusals(request):
                made = _drafted(request, form, carry.along if carry else None)
                messages.success(request, _("The draft is made. Nobody else sees it yet."))
                _warn_of_tariffs_left(request, form, carry)
                return redirect("subcontract_detail", made.pk)
        if carry is not None:
            return _carry_page(request, carry)
    return _form_page(
        request,
        form,
        title=_("Make a subcontract"),
        submit_label=_("Make draft"),
        back=(_("Subcontracts"), reverse("subcontract_list")),
    )


def _carry(request: ScopedRequest, form: SubcontractForm) -> CarryForm | None:
    """The days that come along with a copy, to be looked at; nothing where none do."""
    like = form.cleaned_data["like"]
    if not like:
        return None
    said = form.terms
    found = carrying.carried(like, Period(said.start_date, said.end_date))
    if not found:
        return None
    typed = request.POST if "carry" in request.POST else None
    return CarryForm(typed, carried=found, scope=request.scope)


def _carry_page(request: ScopedRequest, carry: CarryForm) -> HttpResponse:
    own = {"csrfmiddlewaretoken", "carry", "back", *carry.fields}
    context = {
        "title": _("Options and temporary funding that come along"),
        "lead": _("Their days are moved to the period of the new contract. Change what differs."),
        "form": carry,
        "parts": carry.parts,
        "hidden": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in own
            for value in values
        ],
        "submit_label": _("Make draft"),
        "next_text": _("The subcontractor sees the contract when you offer it."),
        "breadcrumbs": [(_("Subcontracts"), reverse("subcontract_list"))],
    }
    return render(request, "subcontracts/subcontract_carry.html", context)


def _drafted(
    request: ScopedRequest, form: SubcontractForm, along: Carried | None = None
) -> Subcontract:
    found = form.cleaned_data
    if found["like"]:
        return drafting.copy(
            scope=request.scope,
            source=found["like"],
            subcontractor=found["subcontractor"],
            terms=form.terms,
            along=along,
        )
    return contracts.create_subcontract(
        scope=request.scope,
        subcontractor=found["subcontractor"],
        municipal_contract=found["municipal_contract"],
        terms=form.terms,
    )


def _warn_of_tariffs_left(
    request: ScopedRequest, form: SubcontractForm, carry: CarryForm | None
) -> None:
    """Which tariffs of a temporary line did not come along because the line became shorter."""
    if carry is None:
        return
    like, said = form.cleaned_data["like"], form.terms
    left = carrying.tariffs_left(like, Period(said.start_date, said.end_date), carry.along)
    if left:
        named = "; ".join(held_tariff_text(one) for one in left)
        text = ngettext(
            "This tariff has no day left beside its temporary line, so it did not come along:"
            " %(tariffs)s.",
            "These tariffs have no day left beside their temporary line, so they did not come"
            " along: %(tariffs)s.",
            len(left),
        )
        messages.warning(request, text % {"tariffs": named})


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def subcontract_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change the terms of a draft."""
    row = draft_of(request, pk)
    names = SubcontractForm.base_fields.keys() - {
        *("subcontractor", "municipal_contract", "like", "relay")
    }
    form = SubcontractForm(
        request.POST or None,
        scope=request.scope,
        subcontract=row,
        initial={name: getattr(row, name) for name in names if hasattr(row, name)}
        | {"ceiling": row.ceiling_on(row.start_date)},
    )
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            drafting.change_terms(scope=request.scope, subcontract=row, terms=form.terms)
            messages.success(request, _("The draft is changed."))
            return redirect("subcontract_detail", pk)
    return _form_page(
        request,
        form,
        title=_("Change contract %(number)s") % {"number": row.number},
        submit_label=_("Change draft"),
        back=(row.number, reverse("subcontract_detail", args=[pk])),
    )


def _form_page(
    request: ScopedRequest,
    form: SubcontractForm,
    *,
    title: str,
    submit_label: str,
    back: tuple[str, str],
) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "parts": [(legend, "", fields) for legend, fields in form.parts],
        "submit_label": submit_label,
        "cancel_url": back[1],
        "next_text": _("The subcontractor sees the contract when you offer it."),
        "breadcrumbs": [back],
    }
    return render(request, "subcontracts/parts_form.html", context)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def funding_line_new(request: ScopedRequest, pk: int, form_code: str) -> HttpResponse:
    """Add a funding line to a subcontract."""
    if form_code not in FundingLine.Form.values:
        raise Http404
    row = _contract(request, pk)
    form = FundingLineForm(request.POST or None, subcontract=row, form=form_code)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            contracts.add_funding_line(scope=request.scope, subcontract=row, line=form.terms)
            messages.success(request, _("The funding line is added."))
            return redirect("subcontract_detail", pk)
    label = FundingLine.Form(form_code).label
    return _line_page(request, row, form, _("Add funding: %(form)s") % {"form": label})


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def funding_line_change(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a funding line of a draft."""
    line = _line(request, pk)
    row = line.subcontract
    form = FundingLineForm(request.POST or None, subcontract=row, form=line.form, line=line)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            drafting.change_line(scope=request.scope, line=line, terms=form.terms)
            messages.success(request, _("The funding line is changed."))
            return redirect("subcontract_detail", row.pk)
    return _line_page(request, row, form, _("Change funding: %(name)s") % {"name": line.name})


def _line_page(
    request: ScopedRequest, row: Subcontract, form: FundingLineForm, title: str
) -> HttpResponse:
    return contract_page(
        request,
        row,
        "subcontracts/parts_form.html",
        title=title,
        form=form,
        parts=form.parts,
        folded=form.folded,
        submit_label=_("Keep funding line"),
        next_text=_("A product is paid by one line at a time.")
        if "products" in form.fields
        else _("It lies beside the lines that pay for care."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def funding_line_remove(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then take a funding line out of a draft."""
    line = _line(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            drafting.remove_line(scope=request.scope, line=line)
            messages.success(request, _("The funding line is taken out."))
        return redirect("subcontract_detail", line.subcontract_id)
    return _removal(
        request,
        line.subcontract,
        title=_("Take out funding line “%(name)s”?") % {"name": line.name},
        text=_("Its products are then paid by no line, until you add one."),
        label=_("Take out line"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def tariff_remove(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask, then take a tariff out of a draft."""
    rows = Tariff.objects.visible_to(request.scope).select_related("subcontract", "product")
    tariff = get_object_or_404(rows, pk=pk, subcontract__status=Subcontract.Status.DRAFT)
    if request.method == "POST":
        with shown_refusals(request):
            drafting.remove_tariff(scope=request.scope, tariff=tariff)
            messages.success(request, _("The tariff is taken out."))
        return redirect("subcontract_detail", tariff.subcontract_id)
    return _removal(
        request,
        tariff.subcontract,
        title=_("Take out the tariff of %(product)s?") % {"product": tariff.product},
        text=_("An earlier tariff that ended because of it does not begin again by itself."),
        label=_("Take out tariff"),
    )


def _removal(
    request: ScopedRequest, row: Subcontract, *, title: str, text: str, label: str
) -> HttpResponse:
    return contract_page(
        request,
        row,
        "generic/confirm.html",
        title=title,
        consequences=[text],
        submit_label=label,
        danger=True,
    )


def draft_of(request: ScopedRequest, pk: int) -> Subcontract:
    """A draft that one may see; 404 for anything else."""
    rows = Subcontract.objects.visible_to(request.scope).filter(status=Subcontract.Status.DRAFT)
    return get_object_or_404(rows.select_related("municipal_contract"), pk=pk)


def _contract(request: ScopedRequest, pk: int) -> Subcontract:
    rows = Subcontract.objects.visible_to(request.scope).select_related("municipal_contract")
    return get_object_or_404(rows, pk=pk)


def _line(request: ScopedRequest, pk: int) -> FundingLine:
    rows = FundingLine.objects.visible_to(request.scope).select_related(
        "subcontract__municipal_contract"
    )
    return get_object_or_404(rows, pk=pk, subcontract__status=Subcontract.Status.DRAFT)
