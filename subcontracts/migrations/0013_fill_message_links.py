"""Links of the messages that were there before links were kept, as far as they are known.

A service gives all that it does one moment, so what was written at the same moment about the same
client belongs together. Messages about one client that were handled in one batch share a moment:
then each is linked to all of it.
"""

from django.db import migrations

FORWARD = """
-- Row-level security is forced on the owner too.
SELECT set_config('app.role', 'system', true);

-- 301 and the allocations that it delivered: the first delivery made them.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, allocation_id)
SELECT version.main_contractor_id, NULL,
    CASE WHEN version.place = 1 THEN 'made' ELSE 'changed' END, version.message_id,
    version.allocation_id
FROM (
    SELECT *, row_number() OVER (PARTITION BY allocation_id ORDER BY recorded_at, id) AS place
    FROM subcontracts_allocationversion
) version
WHERE version.message_id IS NOT NULL
ON CONFLICT DO NOTHING;

-- 305 and 307 of subcontractors.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, start_id)
SELECT main_contractor_id, provider_organisation_id, 'made', message_id, id
FROM subcontracts_deliverystart WHERE message_id IS NOT NULL
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, stop_id)
SELECT main_contractor_id, provider_organisation_id, 'made', message_id, id
FROM subcontracts_deliverystop WHERE message_id IS NOT NULL
ON CONFLICT DO NOTHING;

-- Those that took something back.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, start_id)
SELECT start.main_contractor_id, start.provider_organisation_id, 'changed', message.id, start.id
FROM subcontracts_deliverystart start
JOIN subcontracts_placement placement ON placement.id = start.placement_id
JOIN subcontracts_client client ON client.id = placement.client_id
JOIN messaging_incomingmessage message
    ON message.main_contractor_id = start.main_contractor_id
    AND message.provider_organisation_id = start.provider_organisation_id
    AND message.message_type = '305' AND message.state = 'handled'
    AND message.client_hash = client.bsn_hash AND message.handled_at = start.withdrawn_at
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, stop_id)
SELECT stop.main_contractor_id, stop.provider_organisation_id, 'changed', message.id, stop.id
FROM subcontracts_deliverystop stop
JOIN subcontracts_deliverystart start ON start.id = stop.start_id
JOIN subcontracts_placement placement ON placement.id = start.placement_id
JOIN subcontracts_client client ON client.id = placement.client_id
JOIN messaging_incomingmessage message
    ON message.main_contractor_id = stop.main_contractor_id
    AND message.provider_organisation_id = stop.provider_organisation_id
    AND message.message_type = '307' AND message.state = 'handled'
    AND message.client_hash = client.bsn_hash AND message.handled_at = stop.withdrawn_at
ON CONFLICT DO NOTHING;

-- 315 of subcontractors, and 319 of municipalities: judged at the moment of the request or answer.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, request_id)
SELECT request.main_contractor_id, request.provider_organisation_id, 'made', message.id, request.id
FROM subcontracts_carerequest request
JOIN subcontracts_client client ON client.id = request.client_id
JOIN messaging_incomingmessage message
    ON message.main_contractor_id = request.main_contractor_id
    AND message.provider_organisation_id = request.provider_organisation_id
    AND message.message_type = '315' AND message.state = 'handled'
    AND message.client_hash = client.bsn_hash AND message.handled_at = request.recorded_at
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, request_id)
SELECT request.main_contractor_id, NULL, 'changed', message.id, request.id
FROM subcontracts_requestedproduct product
JOIN subcontracts_carerequest request ON request.id = product.request_id
JOIN messaging_incomingmessage message
    ON message.main_contractor_id = request.main_contractor_id
    AND message.municipality_id = request.municipality_id
    AND message.message_type = '319' AND message.state = 'handled'
    AND message.handled_at = product.answered_at
ON CONFLICT DO NOTHING;
-- The 301 with which a municipality answered.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, incoming_id, request_id)
SELECT link.main_contractor_id, NULL, 'changed', link.incoming_id, product.request_id
FROM subcontracts_messagelink link
JOIN subcontracts_allocation allocation ON allocation.id = link.allocation_id
JOIN subcontracts_requestedproduct product ON product.id = allocation.requested_product_id
WHERE link.kind = 'made'
ON CONFLICT DO NOTHING;

-- What we sent: the key names the fact.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, placement_id)
SELECT message.main_contractor_id, message.provider_organisation_id, 'told', message.id,
    placement.id
FROM messaging_outgoingmessage message
JOIN subcontracts_placement placement ON placement.id =
    CASE WHEN message.key ~ '^placement:[0-9]+:' THEN split_part(message.key, ':', 2)::bigint END
WHERE message.message_type = '301'
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, request_id)
SELECT message.main_contractor_id, message.provider_organisation_id, 'told', message.id,
    request.id
FROM messaging_outgoingmessage message
JOIN subcontracts_carerequest request ON request.id =
    CASE WHEN message.key ~ '^request:[0-9]+:' THEN split_part(message.key, ':', 2)::bigint END
WHERE message.message_type = '315'
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, request_id)
SELECT message.main_contractor_id, message.provider_organisation_id, 'told', message.id,
    product.request_id
FROM messaging_outgoingmessage message
JOIN subcontracts_requestedproduct product ON product.id =
    CASE WHEN message.key ~ '^answer:[0-9]+:' THEN split_part(message.key, ':', 2)::bigint END
WHERE message.message_type = '319'
ON CONFLICT DO NOTHING;

-- 305 and 307 to municipalities, and what was reported or taken back at that moment.
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, allocation_id)
SELECT message.main_contractor_id, NULL, 'told', message.id, allocation.id
FROM messaging_outgoingmessage message
JOIN subcontracts_allocation allocation ON allocation.id =
    CASE WHEN message.key ~ '^allocation:[0-9]+:' THEN split_part(message.key, ':', 2)::bigint END
WHERE message.message_type IN ('305', '307')
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, start_id)
SELECT link.main_contractor_id, NULL, 'told', link.outgoing_id, start.id
FROM subcontracts_messagelink link
JOIN messaging_outgoingmessage message
    ON message.id = link.outgoing_id AND message.message_type IN ('305', '307')
JOIN subcontracts_placement placement ON placement.allocation_id = link.allocation_id
JOIN subcontracts_deliverystart start ON start.placement_id = placement.id
WHERE message.created_at IN (start.recorded_at, start.withdrawn_at)
ON CONFLICT DO NOTHING;
INSERT INTO subcontracts_messagelink
    (main_contractor_id, provider_organisation_id, kind, outgoing_id, stop_id)
SELECT link.main_contractor_id, NULL, 'told', link.outgoing_id, stop.id
FROM subcontracts_messagelink link
JOIN messaging_outgoingmessage message
    ON message.id = link.outgoing_id AND message.message_type IN ('305', '307')
JOIN subcontracts_placement placement ON placement.allocation_id = link.allocation_id
JOIN subcontracts_deliverystart start ON start.placement_id = placement.id
JOIN subcontracts_deliverystop stop ON stop.start_id = start.id
WHERE link.allocation_id IS NOT NULL
  AND message.created_at IN (stop.recorded_at, stop.withdrawn_at)
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0012_message_link")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
