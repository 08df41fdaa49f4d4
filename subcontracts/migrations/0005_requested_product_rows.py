"""Each request of before asked for one product: that becomes its row."""

from typing import Any

from django.db import migrations

ANSWERS = {
    "investigated": "investigated",
    "allocated": "allocated",
    "refused": "refused",
    "dismissed": "refused",
}
MOVED = (
    *("main_contractor_id", "provider_organisation_id", "municipal_contract_id", "product_id"),
    *("family", "start_date", "end_date", "volume", "unit", "frequency", "budget"),
    *("reference", "provider_reference", "referrer_type", "referrer_agb", "referrer_name"),
)


def move(apps: Any, editor: Any) -> None:
    # Row-level security binds the owner of the tables too.
    editor.execute("SELECT set_config('app.role', 'system', true)")
    requests = apps.get_model("subcontracts", "CareRequest")
    products = apps.get_model("subcontracts", "RequestedProduct")
    for request in requests.objects.order_by("pk").iterator():
        product = products.objects.create(
            request=request,
            answer=ANSWERS.get(request.status, "awaited"),
            **{name: getattr(request, name) for name in MOVED},
        )
        request.allocations.update(requested_product=product)
        request.deadlines.update(requested_product=product)
        request.number = request.reference
        if request.status in ("allocated", "refused"):
            request.status = "answered"
        request.save(update_fields=["number", "status"])


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0004_care_request")]
    operations = [migrations.RunPython(move)]
