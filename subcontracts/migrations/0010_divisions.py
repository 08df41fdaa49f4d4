"""Municipalities share a contract from a day on, and the one place that says how on a day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SHARES = """
CREATE FUNCTION subcontracts_share(contract bigint, municipality bigint, day date)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT held.percent
    FROM subcontracts_municipalshare held
    JOIN subcontracts_contractmunicipality part ON part.id = held.part_id
    WHERE part.municipality_id = municipality AND held.division_id = (
        SELECT division.id
        FROM subcontracts_municipaldivision division
        JOIN subcontracts_municipalcontract above ON above.id = division.contract_id
        -- Before the contract it is the division with which it begins.
        WHERE above.id = contract AND division.start_date <= greatest(day, above.start_date)
        ORDER BY division.start_date DESC, division.id DESC LIMIT 1)
$$;
CREATE FUNCTION subcontracts_sharing_in(contract bigint, first date, last date)
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT part.id
    FROM subcontracts_contractmunicipality part
    WHERE part.contract_id = contract AND EXISTS (
        SELECT 1
        FROM (
            SELECT first AS day
            UNION
            SELECT division.start_date FROM subcontracts_municipaldivision division
            WHERE division.contract_id = contract AND division.start_date BETWEEN first AND last
        ) changed
        WHERE subcontracts_share(contract, part.municipality_id, changed.day) IS NOT NULL)
$$;
"""
NO_SHARES = """
DROP FUNCTION subcontracts_sharing_in(bigint, date, date);
DROP FUNCTION subcontracts_share(bigint, bigint, date);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0009_consents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MunicipalDivision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='divisions', to='subcontracts.municipalcontract')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'division over municipalities',
                'verbose_name_plural': 'divisions over municipalities',
                'ordering': ['start_date', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='MunicipalShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('percent', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='share')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='subcontracts.municipaldivision')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='subcontracts.contractmunicipality')),
            ],
            options={
                'verbose_name': 'share of a municipality',
                'verbose_name_plural': 'shares of municipalities',
                'ordering': ['part__municipality__name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('division', 'part'), name='municipal_share_once'), models.CheckConstraint(condition=models.Q(('percent__gte', 0), ('percent__lte', 100)), name='municipal_share_in_bounds')],
            },
        ),
        migrations.RunSQL(SHARES, NO_SHARES),
    ]
