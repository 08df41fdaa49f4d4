"""What referrals are held against: products, municipalities, and requests that are there already.

Read once for all referrals of a file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from hoofdaannemer.core.numbers import is_bsn
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from subcontracts.models import CareRequest, Client, Product, RefusedReferralRow
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.keys import bsn_key
from subcontracts.rules.referral import ReferralDetails, ReferredProduct
from subcontracts.rules.referralcells import COLUMNS
from subcontracts.selectors.contracts import contracted_municipalities


def known_requests(scope: Scope, references: Iterable[str]) -> dict[str, CareRequest]:
    """The requests that were made of these referrals before, by reference."""
    rows = (
        CareRequest.objects.visible_to(scope)
        .filter(main_contractor=scope.main_contractor_id, referral_reference__in=set(references))
        .select_related("client", "municipality")
        .prefetch_related("products")
    )
    return {row.referral_reference: row for row in rows}


def clients_in(scope: Scope, rows: Iterable[RefusedReferralRow]) -> list[int]:
    """Whom of our clients rows are about that were not taken."""
    place = COLUMNS.index("bsn")
    named = {json.loads(row.cells)[place] for row in rows}
    hashes = [bsn_key(bsn) for bsn in named if is_bsn(bsn)]
    return list(
        Client.objects.visible_to(scope)
        .filter(main_contractor=scope.main_contractor_id, bsn_hash__in=hashes)
        .values_list("pk", flat=True)
    )


class Catalogue:
    """What this scope may ask for, and of whom."""

    def __init__(self, scope: Scope) -> None:
        self.municipalities = {row.code: row for row in contracted_municipalities(scope)}
        rows = Product.objects.visible_to(scope).filter(main_contractor=scope.main_contractor_id)
        self._products = {(row.family, row.category, row.code): row for row in rows}
        self._frequencies = code_list("WJ757").codes
        self._referrers = code_list("COD327").codes

    def products_of(self, said: ReferralDetails) -> list[tuple[ReferredProduct, Product]]:
        """What is asked with the product that is meant. Raises KeyError for an unknown one."""
        return [(one, self._products[said.family, one.category, one.code]) for one in said.products]

    def faults(self, said: ReferralDetails) -> Iterator[tuple[int, Fault]]:
        """What we do not have or know, each with the place of its row.

        Rules VWZ-03, VWZ-08, VWZ-09, VWZ-10.
        """
        if said.municipality not in self.municipalities:
            text = _("There is no contract with a municipality with this code. Check the code.")
            yield 0, Fault("gemeente", "VWZ-03", text)
        if said.referrer_type not in self._referrers:
            text = _("This code is not in the list of kinds of referrers.")
            yield 0, Fault("type_verwijzer", "VWZ-10", text)
        for place, one in enumerate(said.products):
            product = self._products.get((said.family, one.category, one.code))
            if product is None:
                text = _("There is no such product under this law. Check category and code.")
                yield place, Fault("productcode", "VWZ-08", text)
            elif one.unit and one.unit != product.unit:
                text = _("This product is asked for in unit %(unit)s. Write that, or nothing.")
                yield place, Fault("eenheid", "VWZ-09", text % {"unit": product.unit})
            if one.frequency and one.frequency not in self._frequencies:
                text = _("This code is not in the list of frequencies.")
                yield place, Fault("frequentie", "VWZ-09", text)

    def says_the_same(self, request: CareRequest, said: ReferralDetails) -> bool:
        """Whether a request asks what the referral asks: the same care for the same client."""
        asked = Counter(
            (row.product_id, row.start_date, row.end_date, row.volume, row.frequency, row.budget)
            for row in request.products.all()
        )
        about = (request.family, request.municipality.code, request.client.bsn)
        if about != (said.family, said.municipality, said.bsn):
            return False
        try:
            wanted = self.products_of(said)
        except KeyError:
            return False
        return asked == Counter(
            (product.pk, one.start_date, one.end_date, one.volume, one.frequency, one.budget)
            for one, product in wanted
        )
