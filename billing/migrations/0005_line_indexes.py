"""What differs most comes first in the keys that thousands of lines are held to at once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('billing', '0004_guards'),
        ('subcontracts', '0003_steering'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='declaredline',
            name='declared_line_reference_once',
        ),
        migrations.RemoveConstraint(
            model_name='declaredline',
            name='declared_line_debit_once',
        ),
        migrations.RemoveIndex(
            model_name='declaredline',
            name='declared_line_rejected',
        ),
        migrations.AddIndex(
            model_name='declaredline',
            index=models.Index(condition=models.Q(('is_approved', False)), fields=['reference', 'provider_organisation', 'family', 'main_contractor'], name='declared_line_rejected'),
        ),
        migrations.AddConstraint(
            model_name='declaredline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('reference', 'provider_organisation', 'family', 'main_contractor'), name='declared_line_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='declaredline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_approved', True), ('is_credit', False), ('is_credited', False)), fields=('placement', 'start_date', 'end_date', 'category', 'code'), name='declared_line_debit_once'),
        ),
    ]
