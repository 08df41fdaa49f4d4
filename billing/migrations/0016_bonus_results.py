"""Results of bonuses that wait for a verdict: about no placement, once a line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0015_office_files'),
        ('subcontracts', '0007_no_ceiling_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='resultentry',
            name='kind',
            field=models.CharField(choices=[('evidence', 'evidence'), ('verdict', 'verdict'), ('expired', 'not judged in time'), ('agreed', 'agreed'), ('objection', 'objection'), ('decision', 'decision'), ('lapsed', 'lapsed: what it was about went on, or was taken back'), ('ended', 'the trajectory ended'), ('waits', 'the bonus waits for a verdict')], max_length=9),
        ),
        migrations.AlterField(
            model_name='trajectoryresult',
            name='placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trajectory_results', to='subcontracts.placement'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.UniqueConstraint(condition=models.Q(('placement', None)), fields=('funding_line',), name='result_bonus_once'),
        ),
        migrations.AddConstraint(
            model_name='trajectoryresult',
            constraint=models.CheckConstraint(condition=models.Q(('placement__isnull', False), ('number', 1), _connector='OR'), name='result_bonus_single'),
        ),
    ]
