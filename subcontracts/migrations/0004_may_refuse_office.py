from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subcontracts', '0003_steering'),
    ]

    operations = [
        migrations.AddField(
            model_name='subcontract',
            name='may_refuse_office',
            field=models.BooleanField(default=False, verbose_name='an administration office may be refused'),
        ),
    ]
