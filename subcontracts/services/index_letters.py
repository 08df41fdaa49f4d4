"""Letters about a decided round of indexation, one for each subcontract that takes part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError
from hoofdaannemer.core.numbering import next_numbers
from hoofdaannemer.core.scope import Scope
from subcontracts.funding_words import price_unit
from subcontracts.index_pdf import letter_pdf
from subcontracts.models import IndexLetter, IndexRound, IndexRoundLine
from subcontracts.rules.index_letters import (
    Changed,
    LetterDocument,
    Party,
    from_json,
    to_json,
)
from subcontracts.rules.indexing import Method, from_stored
from subcontracts.words import unit_text

#: Letters go to Dutch organisations, whoever decides and in whichever language.
LANGUAGE: Final = "nl"


def issue(*, scope: Scope, row: IndexRound) -> list[IndexLetter]:
    """Issue the letters of a round in the transaction that decides about it."""
    of_contract: defaultdict[int, list[IndexRoundLine]] = defaultdict(list)
    lines = (
        row.lines.visible_to(scope)
        .filter(is_applied=True)
        .select_related(
            "subcontract__provider_organisation",
            "product",
            "tariff",
            "funding_line",
            "basis__terms",
        )
        .order_by("subcontract__number", "pk")
    )
    for line in lines:
        of_contract[line.subcontract_id].append(line)
    main = MainContractor.objects.select_related("organisation").get(pk=row.main_contractor_id)
    numbers = next_numbers(main.pk, f"index_letter:{row.year}", len(of_contract))
    with translation.override(LANGUAGE):
        made = [
            _letter(scope, row, main, f"IX{row.year}-{number:04d}", own)
            for number, own in zip(numbers, of_contract.values(), strict=True)
        ]
    letters = IndexLetter.objects.bulk_create(made, batch_size=200)
    audit.record_many(scope, "index_letter.issued", letters)
    return letters


def made_again(letter: IndexLetter) -> bytes:
    """The PDF from what was kept; the same bytes as the one that was issued."""
    return _rendered(letter.document)


def _rendered(document: Mapping[str, object]) -> bytes:
    with translation.override(LANGUAGE):
        return letter_pdf(from_json(document))


def _letter(
    scope: Scope,
    row: IndexRound,
    main: MainContractor,
    number: str,
    lines: Sequence[IndexRoundLine],
) -> IndexLetter:
    contract, basis = lines[0].subcontract, lines[0].basis
    if basis is None:
        raise ConflictError(_("A line of this round has no percentage. Prepare a new one."))
    document = to_json(
        LetterDocument(
            number=number,
            issued_date=scope.today,
            effective_date=row.effective_date,
            sender=_party(main.organisation),
            receiver=_party(contract.provider_organisation),
            contract=contract.number,
            method=Method(basis.terms.method),
            percent_decimals=basis.terms.percent_decimals,
            corrects=basis.corrects,
            figures=tuple(from_stored(basis.figures)),
            changed=tuple(_changed(line) for line in lines),
        )
    )
    pdf = _rendered(document)
    return IndexLetter(
        main_contractor_id=row.main_contractor_id,
        provider_organisation_id=contract.provider_organisation_id,
        round=row,
        subcontract=contract,
        number=number,
        year=row.year,
        effective_date=row.effective_date,
        document=document,
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        issued_at=scope.at,
    )


def _party(organisation: Organisation) -> Party:
    town = f"{organisation.postcode} {organisation.city}".strip()
    return Party(organisation.name, tuple(line for line in (organisation.street, town) if line))


def _changed(line: IndexRoundLine) -> Changed:
    new = line.new_amount or Decimal(0)
    if line.product and line.tariff:
        return Changed(str(line.product), unit_text(line.tariff.unit), line.old_amount, new)
    if line.is_ceiling:
        return Changed(_("Ceiling"), _("calendar year"), line.old_amount, new)
    name = line.funding_line.name if line.funding_line else ""
    form = line.funding_line.form if line.funding_line else ""
    return Changed(name, price_unit(form), line.old_amount, new)
