"""Promises about what is allocated here: under a mandate, or under a task."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

PROMISES: tuple[Promise, ...] = (
    by_query(
        "MAN-01",
        "What was relayed under the code of a municipality with a mandate went to it in copy.",
        """
        SELECT 'outgoing', sent.id, sent.message_type
        FROM messaging_outgoingmessage sent
        JOIN accounts_municipality town ON town.code = sent.sender
        JOIN LATERAL (
            SELECT DISTINCT ON (contract.id) authority.allocated_by
            FROM subcontracts_authority authority
            JOIN subcontracts_municipalcontract contract
                ON contract.id = authority.municipal_contract_id
            JOIN subcontracts_contractmunicipality share
                ON share.contract_id = contract.id AND share.municipality_id = town.id
            WHERE contract.main_contractor_id = sent.main_contractor_id
              AND contract.family = sent.family
              -- Since the mandate was recorded, and from its first day on.
              AND authority.recorded_at <= sent.created_at
              AND authority.start_date
                  <= (sent.created_at AT TIME ZONE 'Europe/Amsterdam')::date
            ORDER BY contract.id, authority.start_date DESC, authority.id DESC
        ) held ON held.allocated_by = 'mandate'
        LEFT JOIN messaging_messagecopy copy ON copy.sent_id = sent.id
        WHERE sent.leg = 'down' AND sent.message_type IN ('301', '319') AND copy.id IS NULL
        """,
    ),
    by_query(
        "MAN-02",
        "A message and our answer to it both went in copy, or neither did.",
        """
        SELECT 'incoming', received.id, 'outgoing', reply.id
        FROM messaging_outgoingmessage reply
        JOIN messaging_incomingmessage received ON received.id = reply.in_reply_to_id
        LEFT JOIN messaging_messagecopy asked ON asked.received_id = received.id
        LEFT JOIN messaging_messagecopy given ON given.sent_id = reply.id
        WHERE reply.leg = 'down' AND (asked.id IS NULL) <> (given.id IS NULL)
        """,
    ),
    by_query(
        "MAN-03",
        "An allocation under mandate was issued here, in copy, under a number of a mandate.",
        """
        SELECT 'allocation', allocation.id, allocation.number
        FROM subcontracts_allocation allocation
        WHERE allocation.origin = 'mandate'
          -- An earlier administration gave it its number and told the municipality.
          AND NOT EXISTS (
            SELECT 1 FROM subcontracts_careimportrow taken
            WHERE taken.allocation_id = allocation.id AND taken.sheet = 'toewijzingen'
              AND taken.status IN ('taken', 'undone'))
          AND NOT (
            EXISTS (
                SELECT 1 FROM subcontracts_authority authority
                WHERE authority.municipal_contract_id = allocation.municipal_contract_id
                  AND allocation.number
                      BETWEEN authority.number_first AND authority.number_last)
            AND EXISTS (
                SELECT 1 FROM subcontracts_allocationversion version
                JOIN messaging_incomingmessage issued ON issued.id = version.message_id
                JOIN messaging_messagecopy copy ON copy.received_id = issued.id
                WHERE version.allocation_id = allocation.id AND issued.source = 'mandate'))
        """,
    ),
    by_query(
        "MAN-04",
        "Of care that follows from a task no 301 came and none was relayed.",
        """
        SELECT 'allocation', allocation.id
        FROM subcontracts_allocation allocation
        WHERE allocation.origin = 'task' AND (
            EXISTS (
                SELECT 1 FROM subcontracts_allocationversion version
                WHERE version.allocation_id = allocation.id AND version.message_id IS NOT NULL)
            OR EXISTS (
                SELECT 1 FROM subcontracts_placement placement
                WHERE placement.allocation_id = allocation.id
                  AND placement.message_id IS NOT NULL))
        """,
    ),
)
