"""Promises about care that was taken over from an earlier administration."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query
from subcontracts.services.import_undoing import FREED_FROM

PROMISES: tuple[Promise, ...] = (
    by_query(
        "DAY-01",
        "Of each row that was taken over its allocation or placement stands in the chain.",
        """
        SELECT 'row', row.id, row.sheet
        FROM subcontracts_careimportrow row
        LEFT JOIN subcontracts_allocation allocation ON allocation.id = row.allocation_id
        LEFT JOIN subcontracts_placement placement ON placement.id = row.placement_id
        LEFT JOIN subcontracts_client client ON client.id = allocation.client_id
        WHERE row.status = 'taken' AND (
            (row.sheet = 'toewijzingen' AND allocation.id IS NULL)
            OR (row.sheet = 'plaatsingen' AND (
                placement.allocation_id IS DISTINCT FROM row.allocation_id
                OR placement.subcontractor_id IS DISTINCT FROM row.subcontractor_id))
            -- A client without a BSN is known by a reference, whose hash is a byte shorter.
            OR (client.bsn_hash IS NOT NULL AND octet_length(row.client_hash) <> 31
                AND client.bsn_hash <> row.client_hash))
        """,
    ),
    by_query(
        "DAY-02",
        "Somebody else than who handed care in and had it taken over accepted the outcome.",
        """
        SELECT 'import', id FROM subcontracts_careimport
        WHERE status = 'accepted' AND (
            accepted_by_id IS NULL OR accepted_by_id IN (uploaded_by_id, confirmed_by_id))
        """,
    ),
    by_query(
        "DAY-03",
        "Of a closed take-over neither the file nor the cells of its rows are kept.",
        """
        SELECT 'row', row.id
        FROM subcontracts_careimportrow row
        JOIN subcontracts_careimport import ON import.id = row.care_import_id
        WHERE import.status IN ('accepted', 'discarded', 'undoing', 'undone')
          AND octet_length(row.cells) > get_byte(row.cells, 0) + 29
        """,
    ),
    by_query(
        "DAY-04",
        "What an earlier administration told is of care that was taken over, and of nothing else.",
        """
        SELECT 'report', report.id
        FROM subcontracts_upwardreport report
        WHERE report.message_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM subcontracts_careimportrow row
            WHERE row.allocation_id = report.allocation_id AND row.sheet = 'plaatsingen'
              AND (row.status = 'taken'
                   OR (row.status = 'undone' AND report.withdrawn_at IS NOT NULL)))
        """,
    ),
    by_query(
        "DAY-05",
        "Of a row that was undone nothing stands: no care, no start, and its number is free.",
        f"""
        SELECT 'row', row.id, row.sheet
        FROM subcontracts_careimportrow row
        LEFT JOIN subcontracts_allocation allocation ON allocation.id = row.allocation_id
        LEFT JOIN subcontracts_placement placement ON placement.id = row.placement_id
        WHERE row.status = 'undone' AND (
            (row.sheet = 'toewijzingen' AND (
                NOT allocation.is_deleted OR allocation.number < {FREED_FROM}))
            OR (row.sheet = 'plaatsingen' AND (
                placement.status <> 'withdrawn' OR placement.number < {FREED_FROM}
                OR EXISTS (SELECT 1 FROM subcontracts_deliverystart start
                           WHERE start.placement_id = placement.id
                             AND start.withdrawn_at IS NULL))))
        """,  # noqa: S608  (a constant of the service that frees the numbers)
    ),
    by_query(
        "DAY-06",
        "A take-over that was accepted was undone by two persons.",
        """
        SELECT 'import', id FROM subcontracts_careimport
        WHERE status IN ('undoing', 'undone') AND (
            undo_asked_by_id IS NULL
            OR (accepted_at IS NOT NULL AND (
                undo_agreed_by_id IS NULL OR undo_agreed_by_id = undo_asked_by_id)))
        """,
    ),
)
