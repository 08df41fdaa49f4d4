"""Ceilings that hold from a day on, which indexation may take along; what a notice cuts off."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0004_take_over'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContractCeiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='ceiling')),
                ('start_date', models.DateField(verbose_name='start date')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
            ],
            options={
                'verbose_name': 'dated ceiling',
                'verbose_name_plural': 'dated ceilings',
                'ordering': ['start_date', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='indexroundline',
            name='index_line_of_one_amount',
        ),
        migrations.RemoveConstraint(
            model_name='indexroundline',
            name='index_line_applied',
        ),
        migrations.AddField(
            model_name='indexround',
            name='has_ceilings',
            field=models.BooleanField(default=False, verbose_name='ceilings too'),
        ),
        migrations.AddField(
            model_name='indexroundline',
            name='is_ceiling',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='subcontractnotice',
            name='kept',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='subcontractnotice',
            name='lost',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='contractceiling',
            name='main_contractor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor'),
        ),
        migrations.AddField(
            model_name='contractceiling',
            name='provider_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='contractceiling',
            name='subcontract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ceilings', to='subcontracts.subcontract'),
        ),
        migrations.AddField(
            model_name='indexroundline',
            name='ceiling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='subcontracts.contractceiling'),
        ),
        migrations.AddField(
            model_name='indexroundline',
            name='new_ceiling',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indexed_by', to='subcontracts.contractceiling'),
        ),
        migrations.AddConstraint(
            model_name='indexroundline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ceiling', None), ('funding_line', None), ('is_ceiling', False), ('origin', None), ('product__isnull', False)), models.Q(('ceiling', None), ('is_ceiling', False), ('origin__isnull', False), ('product', None), ('tariff', None)), models.Q(('funding_line', None), ('is_ceiling', True), ('origin', None), ('product', None), ('tariff', None)), _connector='OR'), name='index_line_of_one_amount'),
        ),
        migrations.AddConstraint(
            model_name='indexroundline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_applied', False), ('new_ceiling', None), ('new_line', None), ('new_tariff', None)), models.Q(('is_applied', True), ('left_out', ''), models.Q(models.Q(('new_tariff__isnull', False), ('tariff__isnull', False)), models.Q(('funding_line__isnull', False), ('new_line__isnull', False)), models.Q(('ceiling__isnull', False), ('new_ceiling__isnull', False)), _connector='OR')), _connector='OR'), name='index_line_applied'),
        ),
        migrations.AddConstraint(
            model_name='indexroundline',
            constraint=models.UniqueConstraint(fields=('round', 'ceiling'), name='index_line_ceiling_once'),
        ),
        migrations.AddConstraint(
            model_name='indexroundline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_applied', True), ('is_ceiling', True)), fields=('subcontract', 'year'), name='index_ceiling_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='contractceiling',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gte', 0), _connector='OR'), name='contract_ceiling_not_negative'),
        ),
    ]
