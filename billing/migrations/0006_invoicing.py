import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_mail_about_accounts'),
        ('billing', '0005_bank_messages'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='statementline',
            name='vat',
            field=models.CharField(db_default='exempt', default='exempt', max_length=8, verbose_name='VAT'),
        ),
        migrations.CreateModel(
            name='EInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_credit', models.BooleanField()),
                ('xml', models.BinaryField()),
                ('digest', models.CharField(db_collation='C', max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='einvoice', to='billing.statement')),
            ],
            options={
                'verbose_name': 'e-invoice',
                'verbose_name_plural': 'e-invoices',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SelfBilling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tax_number', models.CharField(db_collation='C', max_length=14, verbose_name='tax number')),
                ('agreed_at', models.DateTimeField(verbose_name='agreed')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('subcontractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_billing', to='subcontracts.subcontractor')),
            ],
            options={
                'verbose_name': 'agreement to self-billing',
                'verbose_name_plural': 'agreements to self-billing',
                'ordering': ['-agreed_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('subcontractor',), name='self_billing_one')],
            },
        ),
        migrations.CreateModel(
            name='VatTreatment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vat', models.CharField(choices=[('exempt', 'exempt from VAT'), ('standard', '21 % VAT within the amount'), ('reduced', '9 % VAT within the amount')], max_length=8, verbose_name='VAT')),
                ('start_month', models.DateField(verbose_name='from')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('funding_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vat_treatments', to='subcontracts.fundingline')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('provider_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'VAT treatment',
                'verbose_name_plural': 'VAT treatments',
                'ordering': ['-start_month', '-pk'],
                'indexes': [models.Index(fields=['funding_line', 'start_month'], name='billing_vat_funding_f241c7_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('start_month__day', 1)), name='vat_treatment_whole_month')],
            },
        ),
    ]
