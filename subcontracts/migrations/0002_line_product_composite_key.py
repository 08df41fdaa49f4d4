"""Hold line, product, subcontract and dates of a funding line product together."""

from django.db import migrations

FORWARD = """
ALTER TABLE subcontracts_fundinglineproduct
    ADD CONSTRAINT line_product_same_subcontract
    FOREIGN KEY (funding_line_id, subcontract_id)
    REFERENCES subcontracts_fundingline (id, subcontract_id);
"""
BACKWARD = """
ALTER TABLE subcontracts_fundinglineproduct DROP CONSTRAINT line_product_same_subcontract;
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0001_schema")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
