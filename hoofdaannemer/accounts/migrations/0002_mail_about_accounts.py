from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('invitation', 'an invitation'), ('role_given', 'a new role'), ('password_reset', 'a new password'), ('password_changed', 'a changed password'), ('recovery_used', 'a recovery code that was used'), ('second_factor_reset', 'the second step that was removed'), ('break_glass', 'emergency access to a client'), ('weekly_digest', 'the work list of a week'), ('account_change', 'a change of the account that is paid to')], max_length=32),
        ),
    ]
