"""The role of whoever acts under a mandate, asked anew by every statement."""

from django.db import migrations

# Whoever acts under a mandate has the role that goes with it while the mandate is in force: each
# statement asks, so that one which begins after its end sees nothing, in whatever request.
# The policies on mandates ask `app_claimed_role`, which does not ask for a mandate: `app_role` would
# ask itself.
FORWARD = """
CREATE FUNCTION app_claimed_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
CREATE FUNCTION app_mandate_holds(mandate bigint, organisation bigint, person bigint)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_officemandate given
        JOIN accounts_membership member ON member.organisation_id = given.office_id
        JOIN accounts_user holder ON holder.id = member.user_id
        WHERE given.id = mandate AND given.provider_organisation_id = organisation
        AND (now() AT TIME ZONE 'Europe/Amsterdam')::date >= given.start_date
        AND (given.end_date IS NULL
             OR (now() AT TIME ZONE 'Europe/Amsterdam')::date <= given.end_date)
        AND EXISTS (SELECT 1 FROM accounts_mandatestep step
                    WHERE step.mandate_id = given.id AND step.kind = 'accepted')
        AND NOT EXISTS (SELECT 1 FROM accounts_mandatestep step
                        WHERE step.mandate_id = given.id AND step.kind <> 'accepted')
        AND member.user_id = person AND member.role = 'office_user'
        AND member.started_at IS NOT NULL
        AND (member.ended_at IS NULL OR member.ended_at > now())
        AND holder.is_active)
$$;
CREATE OR REPLACE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN coalesce(current_setting('app.mandate', true), '') IN ('', '0')
        THEN app_claimed_role()
        WHEN app_mandate_holds(app_id('mandate'), app_id('organisation'), app_id('user'))
        THEN app_claimed_role()
        ELSE 'lapsed' END
$$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION app_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('app.role', true), '') $$;
DROP FUNCTION app_mandate_holds(bigint, bigint, bigint);
DROP FUNCTION app_claimed_role();
"""


class Migration(migrations.Migration):
    replaces = [("accounts", "0003_office_mandates")]
    dependencies = [("accounts", "0001_schema"), ("core", "0001_scope_functions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
