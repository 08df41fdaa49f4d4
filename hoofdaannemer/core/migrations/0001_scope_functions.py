"""The two functions through which every policy reads the scope of a transaction."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
-- After its first use an unset setting reads as '', not NULL: hence nullif.
CREATE FUNCTION app_id(name text) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.' || name, true), '')::bigint $$;
"""
BACKWARD = "DROP FUNCTION app_id(text); DROP FUNCTION app_role();"


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
