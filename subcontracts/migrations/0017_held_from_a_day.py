"""Products, messages, numbers and the basis of the budget of a contract hold from a day on."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COVERS = """
CREATE FUNCTION subcontracts_covers(contract bigint, product bigint, day date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT turn.is_covered
        FROM subcontracts_productturn turn
        JOIN subcontracts_contractproduct part ON part.id = turn.contract_product_id
        JOIN subcontracts_municipalcontract above ON above.id = part.contract_id
        -- Before the contract it is what it begins with.
        WHERE part.contract_id = contract AND part.product_id = product
          AND turn.start_date <= greatest(day, above.start_date)
        ORDER BY turn.start_date DESC, turn.id DESC LIMIT 1), false)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subcontracts", "0016_subcontractors_shown"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_date", models.DateField(verbose_name="start date")),
                ("is_covered", models.BooleanField(verbose_name="in the contract")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("contract_product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="subcontracts.contractproduct")),
                ("main_contractor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.maincontractor")),
                ("recorded_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "turn of a product",
                "verbose_name_plural": "turns of products",
                "ordering": ["start_date", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ExchangeTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_date", models.DateField(verbose_name="start date")),
                ("messages", models.JSONField(default=list, verbose_name="messages in use")),
                ("number_first", models.PositiveIntegerField(verbose_name="first number")),
                ("number_last", models.PositiveIntegerField(verbose_name="last number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("contract", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exchange_terms", to="subcontracts.municipalcontract")),
                ("main_contractor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.maincontractor")),
                ("recorded_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "messages and numbers in use",
                "verbose_name_plural": "messages and numbers in use",
                "ordering": ["start_date", "pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("number_first__lte", models.F("number_last")), ("number_last__lte", 999999999)), name="exchange_terms_number_range")],
            },
        ),
        migrations.CreateModel(
            name="BudgetBasis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="from the year")),
                ("number", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="number")),
                ("price", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="price a year")),
                ("variable_share", models.DecimalField(decimal_places=2, default=Decimal("100"), max_digits=5)),
                ("corridor", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=5)),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("contract", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="budget_bases", to="subcontracts.municipalcontract")),
                ("main_contractor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.maincontractor")),
                ("recorded_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "basis of a budget",
                "verbose_name_plural": "bases of budgets",
                "ordering": ["first_year", "pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("corridor__gte", 0), ("corridor__lte", 100), ("number__gt", 0), ("price__gt", 0), ("variable_share__gte", 0), ("variable_share__lte", 100)), name="budget_basis_in_bounds")],
            },
        ),
        migrations.AlterField(
            model_name="municipalcontract",
            name="budget_form",
            field=models.CharField(choices=[("lump_sum", "lump sum"), ("lump_sum_by_decisions", "lump sum adjusted by number of decisions"), ("pxq", "price times quantity alone"), ("fte", "by FTE"), ("places", "by place"), ("inhabitants", "by inhabitant")], max_length=30, verbose_name="budget form"),
        ),
        migrations.RunSQL(COVERS, "DROP FUNCTION subcontracts_covers(bigint, bigint, date);"),
    ]
