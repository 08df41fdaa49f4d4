"""Of clients that were there already: who is responsible now, from the first care there on.

Until when another municipality was responsible before is not known, so nothing is said of it.
"""

from django.db import migrations
from django.utils import timezone

BATCH = 500
STARTS = """
SELECT client_id, family, min(start_date) AS start_date, bool_or(is_allocated) AS is_allocated
FROM (
    SELECT allocation.client_id, allocation.municipality_id, allocation.family,
        allocation.start_date, true AS is_allocated
    FROM subcontracts_allocation allocation
    UNION ALL
    SELECT request.client_id, request.municipality_id, request.family, product.start_date, false
    FROM subcontracts_requestedproduct product
    JOIN subcontracts_carerequest request ON request.id = product.request_id
) care
JOIN subcontracts_client client
    ON client.id = care.client_id AND client.municipality_id = care.municipality_id
GROUP BY client_id, family
ORDER BY client_id, start_date DESC
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        # Row-level security is forced on the owner too.
        cursor.execute("SELECT set_config('app.role', 'system', true)")
        cursor.execute(STARTS)
        # The earliest of two laws is the last of a client.
        known = {client: found for client, *found in cursor.fetchall()}
    clients = apps.get_model("subcontracts", "Client").objects.order_by("pk")
    residence = apps.get_model("subcontracts", "ClientResidence")
    columns = ("pk", "main_contractor_id", "municipality_id", "recorded_at")
    residence.objects.bulk_create(
        (_row(residence, known, *values) for values in clients.values_list(*columns).iterator()),
        batch_size=BATCH,
    )


def _row(residence, known, client, main_contractor, municipality, recorded_at):
    family, start, is_allocated = known.get(
        client, ("jw", timezone.localdate(recorded_at), False)
    )
    return residence(
        main_contractor_id=main_contractor,
        client_id=client,
        municipality_id=municipality,
        start_date=start,
        basis="principle" if family == "jw" else "resident",
        source="message" if is_allocated else "request",
        recorded_at=recorded_at,
    )


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0017_client_residence")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
