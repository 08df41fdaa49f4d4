"""A take-over that may be undone as a whole, and its reconciliation as a document."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_acting_under_a_mandate'),
        ('subcontracts', '0003_steering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='careimport',
            name='care_import_confirmed',
        ),
        migrations.RemoveConstraint(
            model_name='careimport',
            name='care_import_accepted',
        ),
        migrations.RemoveConstraint(
            model_name='careimport',
            name='care_import_one_at_a_time',
        ),
        migrations.RemoveIndex(
            model_name='careimport',
            name='care_import_busy',
        ),
        migrations.AddField(
            model_name='careimport',
            name='paper',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='careimport',
            name='undo_agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='careimport',
            name='undo_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='careimport',
            name='undo_asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='careimport',
            name='undo_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='why it is undone'),
        ),
        migrations.AddField(
            model_name='careimport',
            name='undone_at',
            field=models.DateTimeField(null=True, verbose_name='undone on'),
        ),
        migrations.AlterField(
            model_name='careimport',
            name='status',
            field=models.CharField(choices=[('received', 'being checked'), ('checked', 'checked'), ('running', 'being taken over'), ('done', 'to be accepted'), ('accepted', 'accepted'), ('discarded', 'discarded'), ('undoing', 'being undone'), ('undone', 'undone')], default='received', max_length=9, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='careimportrow',
            name='status',
            field=models.CharField(choices=[('ready', 'good'), ('wrong', 'left out'), ('taken', 'taken over'), ('known', 'known already'), ('undone', 'undone')], default='ready', max_length=6, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='careimport',
            index=models.Index(condition=models.Q(('status__in', ['received', 'running', 'undoing'])), fields=['seen_at'], name='care_import_busy'),
        ),
        migrations.AddConstraint(
            model_name='careimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('status__in', ['received', 'checked', 'discarded'])), models.Q(('confirmed_at__isnull', False), ('status__in', ['running', 'done', 'accepted', 'undoing', 'undone'])), _connector='OR'), name='care_import_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='careimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('status', 'accepted')), ('status__in', ['undoing', 'undone']), models.Q(models.Q(('status', 'accepted'), _negated=True), ('accepted_at', None), ('accepted_by', None)), _connector='OR'), name='care_import_accepted'),
        ),
        migrations.AddConstraint(
            model_name='careimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['undoing', 'undone']), _negated=True), models.Q(('accepted_at', None), ('undo_asked_by__isnull', False)), models.Q(('undo_agreed_by__isnull', False), ('undo_asked_by__isnull', False), models.Q(('undo_agreed_by', models.F('undo_asked_by')), _negated=True)), _connector='OR'), name='care_import_undone_by_two'),
        ),
        migrations.AddConstraint(
            model_name='careimport',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['received', 'checked', 'running', 'undoing'])), fields=('main_contractor',), name='care_import_one_at_a_time'),
        ),
    ]
