"""The one place that says whether a municipality may see subcontractors, on a day.

A municipality reads no contract, and its role in the database reaches none. So the function, owned
by the owner of the tables, reads the one term as the system for it, and gives nothing but the
answer. `level` is `list` or `figures`; what was not agreed is not shown.
"""

from django.db import migrations

# Row-level security is forced on the owner too, hence the setting. It is put back before anything
# else of the caller's query runs; where the function fails, the roll-back puts it back.
SHOWN = """
CREATE FUNCTION subcontracts_shows_subs(contract bigint, level text, day date)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asker text := coalesce(current_setting('app.role', true), '');
    agreed text;
BEGIN
    PERFORM set_config('app.role', 'system', true);
    SELECT said.values ->> 'visibility_of_subs' INTO agreed
        FROM subcontracts_municipaltermsversion said
        WHERE said.contract_id = contract AND said.start_date <= day
        ORDER BY said.start_date DESC, said.id DESC LIMIT 1;
    PERFORM set_config('app.role', asker, true);
    RETURN coalesce(agreed = 'figures' OR agreed = level AND level = 'list', false);
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0015_no_plan_of_contracts")]

    operations = [
        migrations.RunSQL(SHOWN, "DROP FUNCTION subcontracts_shows_subs(bigint, text, date);")
    ]
