"""Messages, envelopes, channels and keys.

All tables in one step, with what was added to them in the migrations that this one replaces.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('messaging', '0001_tables'),
    ]

    dependencies = [
        ('accounts', '0001_schema'),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('leg', models.CharField(choices=[('up', 'municipality'), ('down', 'subcontractor')], max_length=4)),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('provider_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('transport', models.CharField(choices=[('folder', 'folder'), ('mailbox', 'mailbox'), ('portal', 'portal'), ('ggk', 'GGk (StUF)'), ('vecozo', 'VECOZO (VSP)')], max_length=8)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('main_contractor', 'leg', 'municipality', 'provider_organisation'), name='channel_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('leg', 'up'), ('municipality__isnull', False), ('provider_organisation', None)), models.Q(('leg', 'down'), ('municipality', None), ('provider_organisation__isnull', False)), _connector='OR'), name='channel_one_party')],
            },
        ),
        migrations.CreateModel(
            name='MunicipalKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('may_send', models.BooleanField()),
                ('may_fetch', models.BooleanField()),
                ('created_at', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'municipal key',
                'verbose_name_plural': 'municipal keys',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('may_send', True), ('may_fetch', True), _connector='OR'), name='municipal_key_opens_something')],
            },
        ),
        migrations.CreateModel(
            name='IncomingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('leg', models.CharField(choices=[('up', 'municipality'), ('down', 'subcontractor')], max_length=4)),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('provider_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('family', models.CharField(blank=True, choices=[('wmo', 'Wmo'), ('jw', 'Jeugdwet')], max_length=3, verbose_name='law')),
                ('message_type', models.CharField(blank=True, max_length=3, verbose_name='message')),
                ('sender', models.CharField(blank=True, db_collation='C', max_length=8, verbose_name='sender')),
                ('identification', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('message_date', models.DateField(null=True)),
                ('content', models.BinaryField()),
                ('client_hash', models.BinaryField(max_length=32, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_note', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('received', 'received'), ('handled', 'handled'), ('rejected', 'rejected'), ('unreadable', 'not readable'), ('parked', 'parked'), ('failed', 'needs attention')], default='received', max_length=12)),
                ('source', models.CharField(choices=[('folder', 'watched folder'), ('upload', 'upload'), ('command', 'command'), ('mailbox', 'mailbox'), ('portal', 'portal'), ('ggk', 'GGk (StUF)'), ('vecozo', 'VECOZO (VSP)'), ('mandate', 'issued here under mandate')], max_length=8)),
                ('digest', models.BinaryField(max_length=32)),
                ('received_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(null=True)),
                ('parked_until', models.DateTimeField(null=True)),
                ('conflicts_with', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='messaging.incomingmessage')),
            ],
            options={
                'verbose_name': 'received message',
                'verbose_name_plural': 'received messages',
                'ordering': ['-received_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['received', 'parked'])), fields=['received_at'], name='incoming_to_handle'), models.Index(fields=['main_contractor', '-received_at', '-id'], name='messaging_i_main_co_ad2ba6_idx'), models.Index(fields=['provider_organisation', '-received_at', '-id'], name='messaging_i_provide_7d6923_idx'), models.Index(fields=['digest'], name='incoming_digest'), models.Index(fields=['client_hash'], name='incoming_client'), models.Index(condition=models.Q(('settled_at', None), ('state', 'rejected')), fields=['provider_organisation'], name='incoming_refused')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('conflicts_with', None), models.Q(('identification', ''), _negated=True)), fields=('main_contractor', 'family', 'message_type', 'sender', 'identification'), name='incoming_identity_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='messaging.incomingmessage')),
                ('rule', models.CharField(max_length=32, verbose_name='rule')),
                ('code', models.CharField(blank=True, max_length=4, verbose_name='code')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='place')),
                ('text', models.TextField()),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('leg', models.CharField(choices=[('up', 'municipality'), ('down', 'subcontractor')], max_length=4)),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('provider_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('family', models.CharField(blank=True, choices=[('wmo', 'Wmo'), ('jw', 'Jeugdwet')], max_length=3, verbose_name='law')),
                ('message_type', models.CharField(blank=True, max_length=3, verbose_name='message')),
                ('sender', models.CharField(blank=True, db_collation='C', max_length=8, verbose_name='sender')),
                ('identification', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('message_date', models.DateField(null=True)),
                ('content', models.BinaryField()),
                ('client_hash', models.BinaryField(max_length=32, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_note', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'needs attention')], default='waiting', max_length=12)),
                ('key', models.CharField(db_collation='C', max_length=120)),
                ('created_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(null=True)),
                ('in_reply_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='messaging.incomingmessage')),
                ('caused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='caused', to='messaging.incomingmessage')),
                ('return_due_date', models.DateField(null=True, verbose_name='answer before')),
                ('accepted_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('reference', models.UUIDField(null=True)),
                ('hub_code', models.CharField(blank=True, db_collation='C', max_length=10, verbose_name='code of the hub')),
            ],
            options={
                'verbose_name': 'sent message',
                'verbose_name_plural': 'sent messages',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='outgoing_to_deliver'), models.Index(fields=['main_contractor', '-created_at', '-id'], name='messaging_o_main_co_8dd16d_idx'), models.Index(fields=['provider_organisation', '-created_at', '-id'], name='messaging_o_provide_b56464_idx'), models.Index(fields=['client_hash'], name='outgoing_client'), models.Index(condition=models.Q(('reference__isnull', False)), fields=['reference'], name='outgoing_reference'), models.Index(condition=models.Q(('refused_at__isnull', False), ('settled_at', None)), fields=['main_contractor'], name='outgoing_refused'), models.Index(condition=models.Q(('accepted_at', None), ('refused_at', None), ('return_due_date__isnull', False), ('settled_at', None)), fields=['main_contractor', 'return_due_date'], name='outgoing_unanswered_staff'), models.Index(condition=models.Q(('accepted_at', None), ('refused_at', None), ('return_due_date__isnull', False), ('settled_at', None)), fields=['provider_organisation', 'return_due_date'], name='outgoing_unanswered_party')],
                'constraints': [models.UniqueConstraint(fields=('main_contractor', 'key'), name='outgoing_key_once'), models.UniqueConstraint(condition=models.Q(('message_type__in', ['302', '306', '308', '316', '318', '320', '325']), _negated=True), fields=('main_contractor', 'family', 'message_type', 'sender', 'identification'), name='outgoing_identity_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality')),
                ('received', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sent_copy', to='messaging.incomingmessage')),
                ('sent', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sent_copy', to='messaging.outgoingmessage')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'needs attention')], default='waiting', max_length=9, verbose_name='state')),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='delivered')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'copy of a message',
                'verbose_name_plural': 'copies of messages',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='copy_to_deliver'), models.Index(fields=['main_contractor', '-created_at', '-id'], name='messaging_m_main_co_70db12_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('received__isnull', False), ('sent', None)), models.Q(('received', None), ('sent__isnull', False)), _connector='OR'), name='message_copy_of_one')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='messaging.outgoingmessage')),
                ('at', models.DateTimeField()),
                ('succeeded', models.BooleanField()),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='HubEnvelope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main_contractor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.maincontractor')),
                ('hub', models.CharField(choices=[('ggk', 'GGk (StUF)'), ('vecozo', 'VECOZO (VSP)')], max_length=8)),
                ('state', models.CharField(choices=[('taken', 'taken in'), ('refused', 'refused')], max_length=8)),
                ('reference', models.CharField(blank=True, db_collation='C', max_length=36)),
                ('conversation', models.CharField(blank=True, db_collation='C', max_length=36)),
                ('digest', models.BinaryField(max_length=32)),
                ('content', models.BinaryField()),
                ('received_at', models.DateTimeField()),
                ('receipt', models.UUIDField()),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='messaging.incomingmessage')),
                ('code', models.CharField(blank=True, max_length=20, verbose_name='code')),
                ('path', models.CharField(blank=True, max_length=60, verbose_name='place')),
                ('text', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'envelope',
                'verbose_name_plural': 'envelopes',
                'ordering': ['-received_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('settled_at', None), ('state', 'refused')), fields=['main_contractor', '-received_at'], name='envelope_unopened')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'taken')), fields=('main_contractor', 'hub', 'reference'), name='envelope_reference_once'), models.UniqueConstraint(condition=models.Q(('state', 'refused')), fields=('main_contractor', 'hub', 'digest'), name='envelope_refused_once')],
            },
        ),
        migrations.AddField(
            model_name='incomingmessage',
            name='answers',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='messaging.outgoingmessage'),
        ),
    ]
