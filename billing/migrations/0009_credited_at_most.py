from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('billing', '0008_credited_in_full')]

    operations = [
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('credited_amount__range', (0, models.F('amount'))), ('credited_quantity__range', (0, models.F('quantity'))), models.Q(('is_credited', False), models.Q(('credited_amount', models.F('amount')), ('credited_quantity', models.F('quantity'))), _connector='OR')), name='invoice_line_credited_at_most'),
        ),
    ]
