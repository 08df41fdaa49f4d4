from django.db import migrations, models

# Drafts of what was handed in tell who did it too; row-level security binds the owner as well.
_FILL = """
SELECT set_config('app.role', 'system', true);
UPDATE billing_monthdraft draft SET workers = told.workers
FROM (
    SELECT line.placement_id, date_trunc('month', line.start_date)::date AS month,
        jsonb_object_agg(share.professional_id::text, share.volume) AS workers
    FROM billing_workershare share JOIN billing_declaredline line ON line.id = share.declared_line_id
    WHERE line.is_approved AND NOT line.is_credit AND NOT line.is_credited
    GROUP BY 1, 2
) told
WHERE told.placement_id = draft.placement_id AND told.month = draft.month;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0017_reports_waived'),
    ]

    operations = [
        migrations.AddField(
            model_name='monthdraft',
            name='workers',
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
