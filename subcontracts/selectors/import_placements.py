"""What would become of each placement in a file with running care (IMP-23 to IMP-34)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.periods import Period
from subcontracts.models import FundingLine, Product, Subcontract
from subcontracts.rules.committed import Placed, by_year
from subcontracts.rules.importsaid import PlacementSaid
from subcontracts.rules.keys import is_of_reference
from subcontracts.rules.parts import Share, is_exceeded
from subcontracts.selectors.import_care import Care, CareBook, Row
from subcontracts.selectors.import_catalogue import Catalogue

#: Care that is counted in hours and paid by the minute (code list WJ756).
_HOUR, _MINUTE = "04", "01"
#: Calendar years over which committed euros are shown, from that of the take-over on.
YEARS: Final = 3


class PlacementJudge:
    """Judges placements of allocations that are good or known, in the order of the file."""

    def __init__(
        self,
        catalogue: Catalogue,
        as_of: date,
        care: CareBook,
    ) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        self._years = Period(date(as_of.year, 1, 1), date(as_of.year + YEARS - 1, 12, 31))
        self._care = care
        self._numbers: set[tuple[str, int]] = set()

    def judge(self, rows: Iterable[Row]) -> None:
        """Say of each what is wrong, whether it is known, and what it costs."""
        rows = list(rows)
        numbers = {
            row.said.number
            for row in rows
            if isinstance(row.said, PlacementSaid) and row.said.number
        }
        self._numbers = self._catalogue.numbers(numbers)
        for row in rows:
            if isinstance(row.said, PlacementSaid):
                self._judge_placement(row, row.said)

    def _judge_placement(self, row: Row, said: PlacementSaid) -> None:
        self._find_provider(row, said)
        care = self._care.of(said.allocation, said.period.start)
        if care is None:
            self._missing_care(row, said)
            return
        row.client_hash, row.municipality = care.client_hash, care.municipality
        row.product = care.product or self._catalogue.products.get(
            (said.allocation.family, said.category, said.code)
        )
        row.volume = care.whole.volume if said.volume is None else said.volume
        self._check_client(row, said, care)
        if row.product is None:
            text = _("The allocation names no product. Fill in which one is delivered.")
            row.wrong("productcode", "IMP-07", text)
            return
        if row.subcontractor is None:
            return
        if self._is_known(row, said, care):
            self._count(row, said, care)
            return
        self._check_number(row, said)
        self._check_period(row, said, care)
        if row.subcontract is not None:
            self._check_paid(row, said, care, row.subcontract, row.product)
        if care.is_sealed and row.subcontract is not None:
            text = _("The data of this client may not be passed on. Only an own team can deliver.")
            row.wrong("uitvoerder", "PLA-07", text)
        self._check_room(row, said, care)
        self._count(row, said, care)

    def _find_provider(self, row: Row, said: PlacementSaid) -> None:
        name = said.provider.casefold()
        if (contract := self._catalogue.subcontracts.get(name)) is not None:
            row.subcontract, row.subcontractor = contract, contract.subcontractor
        elif (team := self._catalogue.teams.get(name)) is not None:
            row.subcontractor = team
        else:
            text = _("There is no subcontract with this number, and no own team with this name.")
            row.wrong("uitvoerder", "IMP-24", text)

    def _check_client(self, row: Row, said: PlacementSaid, care: Care) -> None:
        """A row may name the client beside the number. References differ by file."""
        if said.bsn and not is_of_reference(care.client_hash) and said.person != care.client_hash:
            text = _("This allocation is of another client. Mend the number or the BSN.")
            row.wrong("bsn", "IMP-44", text)

    def _missing_care(self, row: Row, said: PlacementSaid) -> None:
        if self._care.is_wrong(said.allocation):
            text = _("The row of this allocation is wrong. Mend that one first.")
            row.wrong(_names(said), "IMP-32", text)
        else:
            text = _("This allocation is neither in the file nor known here. Add it, or mend this.")
            row.wrong(_names(said), "IMP-23", text)

    def _is_known(self, row: Row, said: PlacementSaid, care: Care) -> bool:
        row.is_known = any(
            (one.subcontractor_id, one.start_date)
            == (row.subcontractor.pk if row.subcontractor else 0, said.period.start)
            for one in care.known
        )
        return row.is_known

    def _check_number(self, row: Row, said: PlacementSaid) -> None:
        if said.number is None:
            return
        key = (said.allocation.family, said.number)
        if key in self._numbers:
            text = _("Another placement has this number. A number below stands for one placement.")
            row.wrong("nummer", "IMP-34", text)
        self._numbers.add(key)

    def _check_period(self, row: Row, said: PlacementSaid, care: Care) -> None:
        if care.whole.period.intersection(said.period) != said.period:
            text = _("The period must lie within the period of the allocation.")
            row.wrong("begindatum", "IMP-28", text)
        if said.period.end is not None and said.period.end < self._as_of:
            text = _("This ended before the day of the take-over. Only care that runs comes along.")
            row.wrong("einddatum", "IMP-31", text)
        for column, day in (("gestart_op", said.started_on), ("onderbroken_na", said.paused_on)):
            if day is not None and day > self._as_of:
                text = _("What happens after the take-over is reported here. Leave this empty.")
                row.wrong(column, "IMP-05", text)

    def _check_paid(
        self,
        row: Row,
        said: PlacementSaid,
        care: Care,
        contract: Subcontract,
        product: Product,
    ) -> None:
        day = max(said.period.start, self._as_of)
        runs = contract.status in Subcontract.RUNNING
        if not (runs and Period(contract.start_date, contract.end_date).contains(day)):
            text = _("This subcontract does not run on the day of the take-over. Start it first.")
            row.wrong("uitvoerder", "IMP-25", text)
        elif contract.municipal_contract_id != care.contract.pk:
            text = _("This subcontract does not fall under the contract of this municipality.")
            row.wrong("uitvoerder", "IMP-25", text)
        elif not (form := self._catalogue.form_on(contract, product, day)):
            text = _("No funding line of this contract pays such a product.")
            row.wrong("productcode", "IMP-26", text)
        elif form == FundingLine.Form.PXQ and not self._price_on(contract, product, day):
            text = _("The contract has no tariff for this product. Add it to sheet tarieven.")
            row.wrong("productcode", "IMP-27", text)

    def _price_on(self, contract: Subcontract, product: Product, day: date) -> bool:
        prices = self._catalogue.prices[contract.pk, product.pk]
        return any(period.contains(day) for period, _amount in prices)

    def _check_room(self, row: Row, said: PlacementSaid, care: Care) -> None:
        share = Share(said.period, said.volume, care.whole.frequency, said.budget)
        if is_exceeded(care.whole, [*care.shares, share]):
            text = _("More would be placed than the municipality has allocated.")
            row.wrong("volume", "IMP-29", text)
        elif row.is_good:
            care.shares.append(share)

    def _count(self, row: Row, said: PlacementSaid, care: Care) -> None:
        """Committed euros, where price times quantity is paid."""
        contract, product = row.subcontract, row.product
        if contract is None or product is None:
            return
        day = max(said.period.start, self._as_of)
        if self._catalogue.form_on(contract, product, day) != FundingLine.Form.PXQ:
            return
        are_hours = (care.unit, product.unit) == (_HOUR, _MINUTE)
        prices = self._catalogue.prices[contract.pk, product.pk]
        placed = Placed(
            period=said.period,
            prices=[(when, price * 60 if are_hours else price) for when, price in prices],
            volume=row.volume,
            frequency=care.whole.frequency,
            budget=care.whole.budget if said.budget is None else said.budget,
        )
        row.amounts = by_year(placed, self._years)


def _names(said: PlacementSaid) -> str:
    """The column that says which allocation is meant."""
    if said.allocation.number is not None:
        return "toewijzingsnummer"
    return "bsn" if said.bsn else "kenmerk"
