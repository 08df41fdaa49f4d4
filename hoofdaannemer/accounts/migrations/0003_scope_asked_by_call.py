"""The functions that policies ask are called, and no longer written out into each query."""

from django.db import migrations

# A function in SQL is read and written out wherever a policy names it: forty times in a query over
# five tables, with the question about a mandate in each, before the query could be planned. Called,
# each is asked once by a query, for policies ask within a subquery of their own.
FORWARD = """
CREATE OR REPLACE FUNCTION app_id(name text) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    -- After its first use an unset setting reads as '', not NULL: hence nullif.
    RETURN nullif(current_setting('app.' || name, true), '')::bigint;
END $$;
CREATE OR REPLACE FUNCTION app_claimed_role() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce(current_setting('app.role', true), '');
END $$;
CREATE OR REPLACE FUNCTION app_mandate_holds(mandate bigint, organisation bigint, person bigint)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
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
        AND holder.is_active);
END $$;
CREATE OR REPLACE FUNCTION app_role() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF coalesce(current_setting('app.mandate', true), '') IN ('', '0')
       OR app_mandate_holds(app_id('mandate'), app_id('organisation'), app_id('user'))
    THEN
        RETURN app_claimed_role();
    END IF;
    RETURN 'lapsed';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_acting_under_a_mandate")]
    # Backward there is nothing to do: they answer the same.
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
