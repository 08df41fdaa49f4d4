"""Who acts on a hold by name, and every time that it was handed over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0020_adjustments'),
        ('subcontracts', '0015_no_plan_of_contracts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldHandover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_owner', models.CharField(choices=[('subcontractor', 'the subcontractor'), ('main_contractor', 'the main contractor')], max_length=16)),
                ('to_owner', models.CharField(choices=[('subcontractor', 'the subcontractor'), ('main_contractor', 'the main contractor')], max_length=16)),
                ('due_date', models.DateField(verbose_name='before')),
                ('note', models.CharField(max_length=300, verbose_name='note')),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'handing over of a hold',
                'verbose_name_plural': 'handings over of holds',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('released_at', None)), fields=['main_contractor', 'due_date'], name='hold_due'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('holder', None), ('owner', 'main_contractor'), _connector='OR'), name='hold_holder_of_main'),
        ),
        migrations.AddField(
            model_name='holdhandover',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holdhandover',
            name='hold',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='billing.hold'),
        ),
        migrations.AddField(
            model_name='holdhandover',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='holdhandover',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='holdhandover',
            name='to_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='holdhandover',
            constraint=models.CheckConstraint(condition=models.Q(('to_user', None), ('to_owner', 'main_contractor'), _connector='OR'), name='hold_handover_to_main'),
        ),
        migrations.AddConstraint(
            model_name='holdhandover',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='hold_handover_note'),
        ),
    ]
