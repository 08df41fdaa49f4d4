"""How minutes are paid at a price an hour, as SQL, for sets of lines."""

from django.db import migrations

# The same rule as billing.rules.pxq.paid_minutes, which a test holds. Exactly where nothing is said.
PAID = """
CREATE FUNCTION billing_paid_minutes(minutes bigint, how text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE how
        WHEN 'quarter' THEN (minutes + 14) / 15 * 15
        WHEN 'half' THEN (minutes + 29) / 30 * 30
        WHEN 'hour' THEN (minutes + 59) / 60 * 60
        ELSE minutes
    END
$$;
"""
NOT_PAID = "DROP FUNCTION billing_paid_minutes(bigint, text);"


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_month_draft_workers")]
    operations = [migrations.RunSQL(PAID, NOT_PAID)]
