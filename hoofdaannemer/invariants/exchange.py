"""Promises about messages: none lost, none handled twice, each answered once."""

from __future__ import annotations

from hoofdaannemer.invariants.promises import Promise, by_query

#: A message that was received less than this long ago may still wait for its worker.
_WAITING = "interval '15 minutes'"

PROMISES: tuple[Promise, ...] = (
    by_query(
        "MSG-01",
        "Every received message was handled, rejected, parked, unreadable or shown as failed.",
        f"""
        SELECT 'incoming', id, state FROM messaging_incomingmessage
        WHERE state = 'received' AND received_at < now() - {_WAITING}
        """,  # noqa: S608  (a constant of this module)
    ),
    by_query(
        "MSG-02",
        "A parked message waits for a moment that has not passed.",
        f"""
        SELECT 'incoming', id, 'parked until', parked_until FROM messaging_incomingmessage
        WHERE state = 'parked' AND (parked_until IS NULL OR parked_until < now() - {_WAITING})
        """,  # noqa: S608
    ),
    by_query(
        "MSG-03",
        "Every handled 301, 305, 307, 315, 317 and 323 has exactly one return message.",
        """
        SELECT 'incoming', received.id, received.message_type, count(reply.id), 'replies'
        FROM messaging_incomingmessage received
        LEFT JOIN messaging_outgoingmessage reply
            ON reply.in_reply_to_id = received.id
            AND reply.key = 'return:' || received.id
        WHERE received.state = 'handled'
          AND received.message_type IN ('301', '305', '307', '315', '317', '323')
          -- Who issues a 301 to itself has no answer to give.
          AND received.source <> 'mandate'
        GROUP BY received.id HAVING count(reply.id) <> 1
        """,
    ),
    by_query(
        "MSG-04",
        "A rejected or unreadable message has at most one return message.",
        """
        SELECT 'incoming', received.id, received.message_type, count(reply.id), 'replies'
        FROM messaging_incomingmessage received
        JOIN messaging_outgoingmessage reply
            ON reply.in_reply_to_id = received.id
            AND reply.key LIKE 'return:%'
        WHERE received.state IN ('rejected', 'unreadable')
        GROUP BY received.id HAVING count(reply.id) > 1
        """,
    ),
    by_query(
        "MSG-05",
        "No fact was put in the out-tray twice.",
        """
        SELECT 'outgoing', main_contractor_id, key, count(*) FROM messaging_outgoingmessage
        GROUP BY main_contractor_id, key HAVING count(*) > 1
        """,
    ),
    by_query(
        "MSG-06",
        "No identification was used for two received messages that were both taken (TR056).",
        """
        SELECT 'incoming', main_contractor_id, family, message_type, sender, identification
        FROM messaging_incomingmessage
        WHERE conflicts_with_id IS NULL AND identification <> ''
        GROUP BY main_contractor_id, family, message_type, sender, identification
        HAVING count(*) > 1
        """,
    ),
    by_query(
        "MSG-07",
        "A message that came in twice with the same bytes was taken once.",
        """
        SELECT 'incoming', min(id), encode(digest, 'hex') FROM messaging_incomingmessage
        WHERE state = 'handled'
        GROUP BY main_contractor_id, leg, municipality_id, provider_organisation_id, digest
        HAVING count(*) > 1
        """,
    ),
    by_query(
        "MSG-08",
        "A sent message is delivered, waits for delivery, or is shown as failed.",
        """
        SELECT 'outgoing', id, state FROM messaging_outgoingmessage
        WHERE (state = 'delivered') <> (delivered_at IS NOT NULL)
           OR (state = 'failed' AND last_error = '')
        """,
    ),
    by_query(
        "MSG-09",
        "An answer belongs to a message that we sent to the party that answers.",
        """
        SELECT 'incoming', answer.id, 'answers', sent.id
        FROM messaging_incomingmessage answer
        JOIN messaging_outgoingmessage sent ON sent.id = answer.answers_id
        WHERE (answer.main_contractor_id, answer.leg, answer.family)
              IS DISTINCT FROM (sent.main_contractor_id, sent.leg, sent.family)
           OR answer.municipality_id IS DISTINCT FROM sent.municipality_id
           OR answer.provider_organisation_id IS DISTINCT FROM sent.provider_organisation_id
        """,
    ),
    by_query(
        "MSG-10",
        "A handled 301 left an allocation of its client, a handled 323 a declaration.",
        """
        SELECT 'incoming', received.id, received.leg, received.message_type
        FROM messaging_incomingmessage received
        WHERE received.state = 'handled' AND (
            (received.leg = 'up' AND received.message_type = '301' AND NOT EXISTS (
                SELECT 1 FROM subcontracts_allocation allocation
                WHERE allocation.client_id IN (
                    SELECT client.id FROM subcontracts_client client
                    WHERE client.bsn_hash = received.client_hash
                      AND client.main_contractor_id = received.main_contractor_id)))
            OR (received.leg = 'down' AND received.message_type = '323' AND NOT EXISTS (
                SELECT 1 FROM billing_declaration declaration
                WHERE declaration.message_id = received.id))
        )
        """,
    ),
    by_query(
        "MSG-11",
        "Every handled report, request or answer, and every one that we sent, is linked to what it"
        " concerns.",
        """
        SELECT 'incoming', message.id, message.leg, message.message_type
        FROM messaging_incomingmessage message
        WHERE message.state = 'handled' AND message.message_type IN ('305', '307', '315', '319')
          AND NOT EXISTS (SELECT 1 FROM subcontracts_messagelink link
                          WHERE link.incoming_id = message.id)
        UNION ALL
        SELECT 'outgoing', message.id, message.leg, message.message_type
        FROM messaging_outgoingmessage message
        WHERE message.message_type IN ('301', '305', '307', '315', '319')
          AND NOT EXISTS (SELECT 1 FROM subcontracts_messagelink link
                          WHERE link.outgoing_id = message.id)
        """,
    ),
    by_query(
        "MSG-12",
        "What a hub refused waits for a person, and a reference stands for one message.",
        """
        SELECT 'outgoing', id, hub_code, state FROM messaging_outgoingmessage
        WHERE hub_code <> '' AND state <> 'failed'
        UNION ALL
        SELECT 'outgoing', min(id), 'reference', count(*)::text FROM messaging_outgoingmessage
        WHERE reference IS NOT NULL GROUP BY reference HAVING count(*) > 1
        """,
    ),
)
