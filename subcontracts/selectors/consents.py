"""How far the municipality agreed to subcontractors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.scope import Scope, on_behalf_of
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import MunicipalContract, Subcontract, SubcontractConsent
from subcontracts.rules import consent as rules
from subcontracts.rules.consent import Consent, Lacks
from subcontracts.selectors.upward_terms import values_on


def consents_of(subcontracts: Iterable[Subcontract]) -> dict[int, list[Consent]]:
    """What was agreed to, by key of contracts that one was found to see.

    Until something is recorded apart, the day among the terms of the contract is a consent to all.
    """
    found: defaultdict[int, list[Consent]] = defaultdict(list)
    rows = {row.pk: row for row in subcontracts}
    for one in SubcontractConsent.objects.filter(subcontract__in=rows):
        found[one.subcontract_id].append(
            Consent(
                start_date=one.start_date,
                end_date=one.end_date,
                withdrawn_from=one.withdrawn_from,
                products=frozenset(one.products),
                municipalities=frozenset(one.municipalities),
            )
        )
    for pk, row in rows.items():
        if pk not in found and row.consent_on is not None:
            found[pk].append(Consent(start_date=row.consent_on))
    return dict(found)


def refusals(
    scope: Scope,
    contract: MunicipalContract,
    subcontracts: Sequence[Subcontract],
    day: date,
    *,
    product: int,
    municipality: str = "",
) -> dict[int, str]:
    """Why care may not be placed on a day for want of consent, by key of the contract.

    For everybody who places, who need not read the terms. `subcontracts` come with their provider.
    """
    with on_behalf_of(scope, contract.main_contractor_id):
        duty = str(values_on(contract, day).get("consent_duty", ""))
        asked = [row for row in subcontracts if _needs(duty, row)]
        given = consents_of(asked)
    found = {}
    for row in asked:
        lacks = rules.lacking(
            given.get(row.pk, []), day, product=product, municipality=municipality
        )
        if lacks is not None:
            found[row.pk] = text_of(lacks, day)
    return found


def _needs(duty: str, row: Subcontract) -> bool:
    practice = Organisation.Kind.PRACTICE
    return rules.is_needed(duty, is_practice=row.provider_organisation.kind == practice)


def text_of(lacks: Lacks, day: date) -> str:
    """Why there is no consent, as a sentence."""
    return {
        Lacks.NONE: _("The municipality did not agree to this subcontractor by %(day)s."),
        Lacks.ENDED: _("The consent of the municipality ended or was withdrawn before %(day)s."),
        Lacks.PRODUCT: _("The municipality did not agree to this product on %(day)s."),
        Lacks.MUNICIPALITY: _(
            "The consent to this subcontractor is not for this municipality on %(day)s."
        ),
    }[lacks] % {"day": date_long(day)}
