"""The plan that a contract has holds from its first year on."""

from django.db import migrations

# Tables are protected from their owner too, so it says for whom it works, until the transaction
# ends. Without a planned number nothing followed the decisions.
FORWARD = """
SELECT set_config('app.role', 'system', true);
INSERT INTO subcontracts_decisionplan (
    main_contractor_id, contract_id, first_year, planned_decisions, variable_share, corridor,
    source, recorded_at)
SELECT main_contractor_id, id, extract(year FROM start_date), planned_decisions,
    greatest(0, least(variable_share, 100)), greatest(0, least(corridor, 100)), '', now()
FROM subcontracts_municipalcontract WHERE planned_decisions > 0 ORDER BY id;
SELECT set_config('app.role', '', true);
"""
BACKWARD = """
SELECT set_config('app.role', 'system', true);
UPDATE subcontracts_municipalcontract contract
SET (planned_decisions, variable_share, corridor) = (
    SELECT max(held.planned_decisions), coalesce(max(held.variable_share), 0),
        coalesce(max(held.corridor), 0)
    FROM (
        SELECT * FROM subcontracts_decisionplan plan
        WHERE plan.contract_id = contract.id
            AND plan.first_year <= extract(year FROM greatest(contract.start_date, current_date))
        ORDER BY plan.first_year DESC, plan.id DESC LIMIT 1) held);
DELETE FROM subcontracts_decisionplan;
SELECT set_config('app.role', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0013_decision_plans")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
