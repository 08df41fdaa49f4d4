"""Production with what was invoiced and what own teams did."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0005_line_indexes'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='productionpart',
            name='production_part_answered',
        ),
        migrations.AddField(
            model_name='productionline',
            name='own_team_row',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ownteamrow'),
        ),
        migrations.AlterField(
            model_name='productionline',
            name='entitlement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.entitlement'),
        ),
        migrations.AlterField(
            model_name='productionline',
            name='form',
            field=models.CharField(choices=[('pxq', 'price times quantity'), ('fte', 'FTE lump sum'), ('trajectory', 'trajectory'), ('lump_sum', 'fixed lump sum'), ('capacity', 'capacity at a price a place'), ('function', 'function by expected users'), ('profile', 'profile at a price a client'), ('population', 'population at an amount a head'), ('advance_pool', 'share in an advance pool'), ('availability', 'availability'), ('subsidy', 'subsidy in instalments'), ('one_off', 'one-off amount'), ('bonus', 'bonus for an outcome'), ('margin', 'coordination fee'), ('sanction_discount', 'temporary discount'), ('invoice', 'invoice'), ('own_care', 'own team: own people in care'), ('own_hired', 'own team: hired people in care'), ('own_other', 'own team: other costs of care')], max_length=20, verbose_name='funding form'),
        ),
        migrations.AlterField(
            model_name='productionline',
            name='volume',
            field=models.DecimalField(decimal_places=4, max_digits=16, null=True, verbose_name='number'),
        ),
        migrations.AlterField(
            model_name='productionpart',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('proposed', 'to be confirmed'), ('confirmed', 'confirmed'), ('objected', 'not agreed'), ('given', 'from its own invoices or reports')], default='draft', max_length=9, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='productionline',
            constraint=models.UniqueConstraint(fields=('statement', 'own_team_row'), name='production_line_own_once'),
        ),
        migrations.AddConstraint(
            model_name='productionline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entitlement__isnull', False), ('own_team_row', None)), models.Q(('entitlement', None), ('own_team_row__isnull', False)), _connector='OR'), name='production_line_of_one'),
        ),
        migrations.AddConstraint(
            model_name='productionpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('objection', ''), ('state__in', ['draft', 'proposed', 'given'])), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state', 'confirmed')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state', 'objected'), models.Q(('objection', ''), _negated=True)), _connector='OR'), name='production_part_answered'),
        ),
    ]
