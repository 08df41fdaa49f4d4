"""The letter of a settlement, put together from its frozen row."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing.models import Settlement
from billing.rules.settlement_document import SettlementDocument
from billing.rules.settling import NAMES, Aside, FteYear
from billing.rules.settling_words import aside_facts, facts_of, role_rows
from billing.rules.whatif.frozen import thaw
from billing.services.documents import party_of
from billing.services.settlement_figures import inputs_of


def document_of(row: Settlement) -> SettlementDocument:
    """What the letter says, in the active language."""
    inputs = inputs_of(row)
    return SettlementDocument(
        title=_("Settlement of %(year)s") % {"year": row.year},
        number=f"{row.year}-{row.number}-{row.pk}",
        state=str(row.get_state_display()),
        sender=party_of(row.main_contractor.organisation),
        receiver=party_of(row.provider_organisation),
        contract=f"{row.funding_line.subcontract.number}, {row.funding_line.name}",
        start=row.start_date,
        end=row.end_date,
        method=str(NAMES[row.way]),
        why=row.why,
        before=row.before,
        amount=row.amount,
        facts=tuple(facts_of(inputs)),
        aside=tuple(aside_facts(thaw(Aside, row.aside))),
        roles=tuple(role_rows(inputs)) if isinstance(inputs, FteYear) else (),
    )
