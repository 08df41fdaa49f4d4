"""Hold a declared line equal to its declaration and its placement by one key each."""

from django.db import migrations

FORWARD = """
ALTER TABLE billing_declaredline
    ADD CONSTRAINT declared_line_of_declaration
    FOREIGN KEY (declaration_id, main_contractor_id, provider_organisation_id)
    REFERENCES billing_declaration (id, main_contractor_id, provider_organisation_id);
ALTER TABLE billing_declaredline
    ADD CONSTRAINT declared_line_of_placement
    FOREIGN KEY (placement_id, client_id, main_contractor_id, provider_organisation_id)
    REFERENCES subcontracts_placement (
        id, client_id, main_contractor_id, provider_organisation_id);
"""
BACKWARD = """
ALTER TABLE billing_declaredline DROP CONSTRAINT declared_line_of_placement;
ALTER TABLE billing_declaredline DROP CONSTRAINT declared_line_of_declaration;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_lean_lines"),
        ("subcontracts", "0011_placement_owner"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
