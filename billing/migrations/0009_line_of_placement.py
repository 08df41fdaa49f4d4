"""Hold declared lines to their placement once a statement, and not once a line.

As for the declaration (0008): the key asked for its parent line by line and locked each, a tenth of
the time of a large declaration. Nothing has to be locked where a parent cannot go away: a placement
is withdrawn and not deleted, and stays of the same client and owners.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE billing_declaredline DROP CONSTRAINT declared_line_of_placement;

CREATE FUNCTION billing_lines_have_placement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM new_line line
        WHERE line.placement_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM subcontracts_placement placement
            WHERE placement.id = line.placement_id
              AND placement.client_id = line.client_id
              AND placement.main_contractor_id = line.main_contractor_id
              AND placement.provider_organisation_id = line.provider_organisation_id)
    ) THEN
        RAISE EXCEPTION 'a declared line without a placement of the same client and owners'
            USING ERRCODE = 'foreign_key_violation', TABLE = 'billing_declaredline',
                  CONSTRAINT = 'declared_line_of_placement';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER declared_line_placed AFTER INSERT ON billing_declaredline
    REFERENCING NEW TABLE AS new_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_have_placement();
CREATE TRIGGER declared_line_replaced AFTER UPDATE ON billing_declaredline
    REFERENCING NEW TABLE AS new_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_have_placement();

CREATE FUNCTION billing_placement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a placement is neither deleted nor given to another client or owner'
        USING ERRCODE = 'foreign_key_violation', TABLE = 'subcontracts_placement',
              CONSTRAINT = 'declared_line_of_placement';
END
$$;
CREATE TRIGGER placement_deleted BEFORE DELETE ON subcontracts_placement
    FOR EACH ROW EXECUTE FUNCTION billing_placement_stays();
CREATE TRIGGER placement_given_away BEFORE UPDATE ON subcontracts_placement
    FOR EACH ROW
    WHEN ((OLD.id, OLD.client_id, OLD.main_contractor_id, OLD.provider_organisation_id)
          IS DISTINCT FROM
          (NEW.id, NEW.client_id, NEW.main_contractor_id, NEW.provider_organisation_id))
    EXECUTE FUNCTION billing_placement_stays();
"""
BACKWARD = """
DROP TRIGGER placement_given_away ON subcontracts_placement;
DROP TRIGGER placement_deleted ON subcontracts_placement;
DROP FUNCTION billing_placement_stays();
DROP TRIGGER declared_line_replaced ON billing_declaredline;
DROP TRIGGER declared_line_placed ON billing_declaredline;
DROP FUNCTION billing_lines_have_placement();
ALTER TABLE billing_declaredline
    ADD CONSTRAINT declared_line_of_placement
    FOREIGN KEY (placement_id, client_id, main_contractor_id, provider_organisation_id)
    REFERENCES subcontracts_placement (
        id, client_id, main_contractor_id, provider_organisation_id);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_line_of_declaration")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
