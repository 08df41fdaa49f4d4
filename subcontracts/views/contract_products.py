"""Which products are in a municipal contract, when, and what changes with one more or less."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl, period_nl
from subcontracts import words
from subcontracts.models import MunicipalContract, Product
from subcontracts.selectors.contract_products import (
    allocated_beyond,
    covered_products,
    lines_beyond,
    turns_recorded,
)
from subcontracts.services import contract_products
from subcontracts.upward_forms import TAKE_OUT, ContractProductForm
from subcontracts.views.upward_tabs import (
    FORM_METHODS,
    Recording,
    contract_of,
    recorded_text,
    seen_form,
)

_BACK = "municipal_contract_duration"


def product_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Each product that is in the contract or was, with its unit and when."""
    return {
        "caption": _("Products"),
        "headers": [_("Product"), _("Unit"), _("In the contract")],
        "rows": [
            (
                str(product),
                words.unit_text(product.unit),
                "; ".join(period_nl(period) for period in periods) or "–",
            )
            for product, periods in covered_products(scope, contract)
        ],
        "empty": _("The contract has no products yet."),
    }


def turn_table(scope: Scope, contract: MunicipalContract) -> dict[str, Any]:
    """Everything that was recorded, newest first."""
    return {
        "caption": _("Products, from day to day"),
        "headers": [_("From"), _("What changed"), _("Source"), _("Recorded")],
        "rows": [
            (
                date_nl(row.start_date),
                (
                    _("%(product)s is in the contract")
                    if row.is_covered
                    else _("%(product)s is no longer in the contract")
                )
                % {"product": row.contract_product.product},
                row.source or "–",
                recorded_text(row),
            )
            for row in turns_recorded(scope, contract)
        ],
        "empty": _("The contract has no products yet."),
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def municipal_contract_products(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a product into the contract or out of it: what follows is shown before it is kept."""
    scope, contract = request.scope, contract_of(request, pk)
    products = Product.objects.visible_to(scope).filter(family=contract.family)
    form = ContractProductForm(request.POST or None, scope=scope, products=products)
    recording = Recording(
        record=lambda: _change(scope, contract, form),
        consequences=lambda: _consequences(scope, contract, form),
        done=_("The products of the contract are recorded."),
    )
    return seen_form(
        request,
        contract,
        _BACK,
        recording,
        title=_("Change the products"),
        lead=_("A product comes into the contract or leaves it, from a day on."),
        form=form,
        submit_label=_("Look at what changes"),
        confirm_label=_("Record this change"),
    )


def _change(scope: Scope, contract: MunicipalContract, form: ContractProductForm) -> None:
    said = form.cleaned_data
    of = {"scope": scope, "contract": contract, "product": said["product"]}
    if said["change"] == TAKE_OUT:
        contract_products.take_out(**of, last_day=said["day"], source=said["source"])
    else:
        contract_products.take_in(**of, first_day=said["day"], source=said["source"])


def _consequences(
    scope: Scope, contract: MunicipalContract, form: ContractProductForm
) -> Iterable[str]:
    """What the change does, in sentences."""
    product, day = form.cleaned_data["product"], form.cleaned_data["day"]
    told = {"product": product, "day": date_long(day)}
    if form.cleaned_data["change"] != TAKE_OUT:
        yield _("From %(day)s on %(product)s is in the contract.") % told
        yield _("Put it under a funding line of the subcontracts that are to deliver it.")
        return
    after = day + timedelta(days=1)
    yield _("%(day)s is the last day of %(product)s in the contract.") % told
    yield _("Care of it that begins later is not allocated or asked under this contract.")
    if count := allocated_beyond(scope, contract, product, after):
        yield ngettext(
            "%(count)s allocation of it goes on after that day, and stays under this contract"
            " until it ends.",
            "%(count)s allocations of it go on after that day, and stay under this contract until"
            " they end.",
            count,
        ) % {"count": count}
    if count := lines_beyond(scope, contract, product, after):
        yield ngettext(
            "%(count)s subcontract pays for it after that day. Its funding lines stay as they are.",
            "%(count)s subcontracts pay for it after that day. Their funding lines stay as they"
            " are.",
            count,
        ) % {"count": count}
