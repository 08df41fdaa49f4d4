"""A request becomes the parent of the products that it asks for."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import hoofdaannemer.core.crypto

STATUSES = [
    ("received", "received from the subcontractor"),
    ("sent", "sent"),
    ("confirmed", "received by the municipality"),
    ("faulty", "returned with errors"),
    ("investigated", "under investigation"),
    ("answered", "answered"),
    ("dismissed", "not taken up"),
]
ANSWERS = [
    ("awaited", "no answer yet"),
    ("investigated", "under investigation"),
    ("allocated", "allocated"),
    ("refused", "refused"),
]


def _key(to: str, related_name: str = "+", *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("subcontracts", "0003_placement_revision"),
    ]
    operations = [
        migrations.RenameModel("AllocationRequest", "CareRequest"),
        migrations.AlterModelOptions(
            name="carerequest",
            options={
                "ordering": ["-recorded_at", "-pk"],
                "verbose_name": "request",
                "verbose_name_plural": "requests",
            },
        ),
        migrations.AlterField(
            model_name="carerequest",
            name="status",
            field=models.CharField(choices=STATUSES, max_length=12, verbose_name="status"),
        ),
        migrations.AddField(
            model_name="carerequest",
            name="number",
            field=models.CharField(
                db_collation="C", default="", max_length=20, verbose_name="number"
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="RequestedProduct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("volume", models.PositiveIntegerField(null=True, verbose_name="volume")),
                ("unit", models.CharField(blank=True, max_length=2, verbose_name="unit")),
                ("frequency", models.CharField(blank=True, max_length=1, verbose_name="frequency")),
                (
                    "budget",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, null=True, verbose_name="budget"
                    ),
                ),
                (
                    "family",
                    models.CharField(
                        choices=[("wmo", "Wmo"), ("jw", "Jeugdwet")],
                        max_length=3,
                        verbose_name="law",
                    ),
                ),
                ("start_date", models.DateField(verbose_name="start date")),
                ("end_date", models.DateField(null=True, verbose_name="end date")),
                (
                    "reference",
                    models.CharField(db_collation="C", max_length=36, verbose_name="reference"),
                ),
                (
                    "provider_reference",
                    models.CharField(blank=True, db_collation="C", max_length=36),
                ),
                (
                    "referrer_type",
                    models.CharField(max_length=2, verbose_name="kind of referrer"),
                ),
                (
                    "referrer_agb",
                    models.CharField(
                        blank=True, max_length=8, verbose_name="AGB code of the referrer"
                    ),
                ),
                (
                    "referrer_name",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="name of the referrer"
                    ),
                ),
                (
                    "decision_number",
                    models.PositiveIntegerField(null=True, verbose_name="decision number"),
                ),
                (
                    "decision_start_date",
                    models.DateField(null=True, verbose_name="start date of the decision"),
                ),
                ("framework_contract", models.CharField(blank=True, max_length=1)),
                (
                    "comment",
                    hoofdaannemer.core.crypto.EncryptedTextField(
                        default="", verbose_name="comment"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=ANSWERS, default="awaited", max_length=12, verbose_name="answer"
                    ),
                ),
                (
                    "rejection_reason",
                    models.CharField(blank=True, max_length=2, verbose_name="reason"),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("main_contractor", _key("accounts.maincontractor")),
                (
                    "municipal_contract",
                    _key("subcontracts.municipalcontract", "requested_products"),
                ),
                ("product", _key("subcontracts.product")),
                ("provider_organisation", _key("accounts.organisation", null=True)),
                ("request", _key("subcontracts.carerequest", "products")),
            ],
            options={
                "verbose_name": "requested product",
                "verbose_name_plural": "requested products",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("main_contractor", "family", "reference"),
                        name="requested_product_reference_once",
                    ),
                    models.UniqueConstraint(
                        condition=~Q(provider_reference=""),
                        fields=(
                            "main_contractor",
                            "provider_organisation",
                            "family",
                            "provider_reference",
                        ),
                        name="requested_product_provider_reference_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                        name="requested_product_period_forward",
                    ),
                    models.CheckConstraint(
                        condition=Q(decision_number=None, decision_start_date=None)
                        | Q(decision_number__isnull=False, decision_start_date__isnull=False),
                        name="requested_product_decision_whole",
                    ),
                    models.CheckConstraint(
                        condition=Q(rejection_reason="") | Q(answer="refused"),
                        name="requested_product_reason_of_refusal",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="allocation",
            name="requested_product",
            field=_key("subcontracts.requestedproduct", "allocations", null=True),
        ),
        migrations.AddField(
            model_name="deadline",
            name="requested_product",
            field=_key("subcontracts.requestedproduct", "deadlines", null=True),
        ),
    ]
