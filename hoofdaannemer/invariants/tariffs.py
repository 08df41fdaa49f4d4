"""Promises about tariffs in the open, and about what is told to all of a question of one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from hoofdaannemer.invariants.promises import Promise, by_query
from subcontracts.models import BuildupParameter, TariffBuildup
from subcontracts.models.buildups import as_lines
from subcontracts.rules.buildup import worked_out


def _built_up_otherwise() -> Iterator[str]:
    """Settled versions whose lines give another tariff."""
    rows = BuildupParameter.objects.order_by("buildup", "position", "pk")
    lines = {pk: as_lines(list(found)) for pk, found in groupby(rows, lambda row: row.buildup_id)}
    for row in TariffBuildup.objects.filter(status="settled").order_by("pk"):
        outcome = worked_out(lines.get(row.pk, []), row.decimals)
        if outcome.tariff != row.amount:
            yield f"build-up {row.pk} says {row.amount}, its lines give {outcome.tariff}"


PROMISES: tuple[Promise, ...] = (
    Promise(
        "TAR-01",
        "The tariff of a settled build-up is what its lines give, rounded once.",
        _built_up_otherwise,
    ),
    by_query(
        "TAR-02",
        "Tariffs of a published round begin on its day, and the ones before ended the day before.",
        """
        SELECT 'effect', change.id, 'tariff', new.id
        FROM subcontracts_tariffchange change
        JOIN subcontracts_tariffround round ON round.id = change.round_id
        JOIN subcontracts_tariff new ON new.id = change.new_tariff_id
        LEFT JOIN subcontracts_tariff old ON old.id = change.tariff_id
        WHERE change.is_applied AND (round.status <> 'decided'
            OR new.start_date <> round.effective_date
            OR old.end_date IS DISTINCT FROM round.effective_date - 1
            OR new.amount <> change.new_amount OR old.amount <> change.old_amount)
        """,
    ),
    by_query(
        "TAR-03",
        "Only who was asked about a product reacted on its tariff.",
        """
        SELECT 'reaction', reaction.id
        FROM subcontracts_tariffreaction reaction
        WHERE NOT EXISTS (
            SELECT 1 FROM subcontracts_tariffinvitation asked
            WHERE asked.line_id = reaction.line_id
              AND asked.provider_organisation_id = reaction.provider_organisation_id)
        """,
    ),
    by_query(
        "TAR-04",
        "A published reading follows from an answered question, and does not name who asked.",
        """
        SELECT 'reading', reading.id
        FROM subcontracts_clausereading reading
        JOIN subcontracts_clausequestion question ON question.id = reading.question_id
        LEFT JOIN accounts_organisation asker ON asker.id = question.provider_organisation_id
        WHERE question.status <> 'answered'
           OR position(lower(asker.name) IN lower(concat_ws(
               ' ', reading.subject, reading.asked, reading.text))) > 0
        """,
    ),
    by_query(
        "TAR-05",
        "Only people of who was told an announcement confirmed having read it.",
        """
        SELECT 'confirmation', read.id
        FROM subcontracts_readconfirmation read
        WHERE NOT EXISTS (
            SELECT 1 FROM subcontracts_announcementaddressee told
            WHERE told.announcement_id = read.announcement_id
              AND told.provider_organisation_id = read.provider_organisation_id)
        """,
    ),
)
