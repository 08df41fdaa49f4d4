"""Versions of requirements, with level, jobs and a time to comply; what was done with them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import hoofdaannemer.core.periods
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('qualifications', '0001_schema'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RequirementStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('made', 'made'), ('changed', 'changed'), ('ended', 'ended'), ('resumed', 'end taken back'), ('withdrawn', 'taken back before it began')], max_length=9)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'step of a requirement',
                'verbose_name_plural': 'steps of requirements',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='requirement',
            name='requirement_once',
        ),
        migrations.AddField(
            model_name='requirement',
            name='first',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='qualifications.requirement'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='grace_until',
            field=models.DateField(null=True, verbose_name='time to comply until'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='jobs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='requirement',
            name='level',
            field=models.CharField(blank=True, choices=[('mbo_2', 'mbo level 2'), ('mbo_3', 'mbo level 3'), ('mbo_4', 'mbo level 4'), ('hbo', 'hbo'), ('wo', 'university')], max_length=5, verbose_name='lowest level'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='proofs_since',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='qualifications.requirement'),
        ),
        migrations.AddField(
            model_name='requirement',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.UniqueConstraint(condition=models.Q(('first', None), ('withdrawn_at', None)), fields=('main_contractor', 'code'), name='requirement_once'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_at', None)), expressions=[(hoofdaannemer.core.periods.InclusiveDateRange(), '&&'), (hoofdaannemer.core.periods.SameId(django.db.models.functions.comparison.Coalesce('first', 'id')), '&&')], name='requirement_one_version_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('grace_until', None), ('grace_until__gte', models.F('start_date')), _connector='OR'), name='requirement_grace_within'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), ('proof', 'diploma'), _connector='OR'), name='requirement_level_of_diploma'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('jobs', []), ('applies_to', 'professional'), _connector='OR'), name='requirement_jobs_of_professionals'),
        ),
        migrations.AddField(
            model_name='requirementstep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requirementstep',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='requirementstep',
            name='requirement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='qualifications.requirement'),
        ),
    ]
