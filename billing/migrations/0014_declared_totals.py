"""Running totals of placements, filled from what was declared; the key of TR389 sheds its sums."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
-- Row-level security is forced on the owner too.
SELECT set_config('app.role', 'system', true);
INSERT INTO billing_declaredtotal (
    placement_id, main_contractor_id, provider_organisation_id, hours, others, cents, last_end)
SELECT line.placement_id, line.main_contractor_id, line.provider_organisation_id,
    coalesce(sum(signed * line.volume) FILTER (WHERE line.unit = '04'), 0),
    coalesce(sum(signed * line.volume) FILTER (WHERE line.unit <> '04'), 0),
    sum(signed * line.amount) * 100, max(line.end_date)
FROM billing_declaredline line
JOIN billing_declaration declaration ON declaration.id = line.declaration_id
CROSS JOIN LATERAL (SELECT CASE WHEN line.is_credit THEN -1 ELSE 1 END AS signed) sign
WHERE line.is_approved AND declaration.entitled_at IS NOT NULL
GROUP BY line.placement_id, line.main_contractor_id, line.provider_organisation_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_token_scopes'),
        ('billing', '0013_coordination_fee'),
        ('subcontracts', '0039_coordination_fee'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeclaredTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='declared_total', to='subcontracts.placement')),
                ('hours', models.BigIntegerField()),
                ('others', models.BigIntegerField()),
                ('cents', models.BigIntegerField()),
                ('last_end', models.DateField()),
            ],
            options={
                'verbose_name': 'declared total',
                'verbose_name_plural': 'declared totals',
            },
        ),
        migrations.RemoveConstraint(
            model_name='declaredline',
            name='declared_line_debit_once',
        ),
        migrations.AddConstraint(
            model_name='declaredline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_approved', True), ('is_credit', False), ('is_credited', False)), fields=('placement', 'category', 'code', 'start_date', 'end_date'), name='declared_line_debit_once'),
        ),
        migrations.AddField(
            model_name='declaredtotal',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='declaredtotal',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
