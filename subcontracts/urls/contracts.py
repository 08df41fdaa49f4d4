"""Subcontracts: set up, amended, ended, and what steers them."""

from django.urls import path

from subcontracts.views import (
    amendments,
    ceiling_exemptions,
    ceiling_signals,
    client_stops,
    consents,
    contract_ceilings,
    contract_dates,
    contract_settings,
    contract_steps,
    contracts,
    extensions,
    notices,
    own_teams,
    subcontract_setup,
    sunsets,
    tariff_files,
)

urlpatterns = [
    path("onderaannemers/nieuw/", subcontract_setup.subcontractor_new, name="subcontractor_new"),
    path("onderaannemers/eigen-team/", own_teams.own_team_new, name="own_team_new"),
    path("onderaannemers/<int:pk>/eigen-team/", own_teams.own_team_change, name="own_team_change"),
    path("contracten/nieuw/", subcontract_setup.subcontract_new, name="subcontract_new"),
    path(
        "contracten/<int:pk>/wijzigen/",
        subcontract_setup.subcontract_change,
        name="subcontract_change",
    ),
    path(
        "contracten/<int:pk>/financiering/<str:form_code>/",
        subcontract_setup.funding_line_new,
        name="subcontract_add_line",
    ),
    path(
        "financiering/<int:pk>/wijzigen/",
        subcontract_setup.funding_line_change,
        name="funding_line_change",
    ),
    path(
        "financiering/<int:pk>/verwijderen/",
        subcontract_setup.funding_line_remove,
        name="funding_line_remove",
    ),
    path("tarieven/<int:pk>/verwijderen/", subcontract_setup.tariff_remove, name="tariff_remove"),
    path(
        "contracten/<int:pk>/aanbieden/", contract_steps.subcontract_offer, name="subcontract_offer"
    ),
    path(
        "contracten/<int:pk>/terugnemen/",
        contract_steps.subcontract_withdraw,
        name="subcontract_withdraw",
    ),
    path(
        "contracten/<int:pk>/ondertekend/", contract_steps.subcontract_sign, name="subcontract_sign"
    ),
    path(
        "contracten/<int:pk>/nieuwe-versie/", amendments.subcontract_amend, name="subcontract_amend"
    ),
    path("contracten/<int:pk>/ingaan/", contract_steps.subcontract_start, name="subcontract_start"),
    path(
        "contracten/<int:pk>/tarieven/",
        tariff_files.subcontract_tariff_file,
        name="subcontract_tariff_file",
    ),
    path(
        "contracten/<int:pk>/tarieven/sjabloon.csv",
        tariff_files.subcontract_tariff_template,
        name="subcontract_tariff_template",
    ),
    path(
        "contracten/<int:pk>/contract.pdf", contract_steps.subcontract_text, name="subcontract_text"
    ),
    path("contractversies/<int:pk>/contract.pdf", contract_steps.version_text, name="version_text"),
    path(
        "contractversies/<int:pk>/getekend.pdf",
        contract_steps.version_signed,
        name="version_signed",
    ),
    path("contracten/<int:pk>/opzeggen/", notices.subcontract_notice, name="subcontract_notice"),
    path(
        "contracten/<int:pk>/opzegging-intrekken/",
        notices.subcontract_notice_withdraw,
        name="subcontract_notice_withdraw",
    ),
    path("contracten/<int:pk>/afsluiten/", notices.subcontract_close, name="subcontract_close"),
    path("opzeggingen/<int:pk>/brief.pdf", notices.notice_letter, name="notice_letter"),
    path("onderaannemers/", contracts.SubcontractorList.as_view(), name="subcontractor_list"),
    path(
        "onderaannemers/<int:pk>/",
        contracts.SubcontractorDetail.as_view(),
        name="subcontractor_detail",
    ),
    path("contracten/", contracts.SubcontractList.as_view(), name="subcontract_list"),
    path("contracten/<int:pk>/", contracts.SubcontractDetail.as_view(), name="subcontract_detail"),
    path(
        "contracten/<int:pk>/tarief/",
        contract_settings.subcontract_tariff,
        name="subcontract_tariff",
    ),
    path(
        "contracten/<int:pk>/bestedingsruimte/",
        contract_ceilings.subcontract_ceiling,
        name="subcontract_ceiling",
    ),
    path(
        "contracten/<int:pk>/doorgifte/",
        contract_settings.subcontract_relay,
        name="subcontract_relay",
    ),
    path(
        "contracten/<int:pk>/berichtdoel/",
        contract_settings.subcontract_purpose,
        name="subcontract_purpose",
    ),
    path(
        "gemeentecontracten/<int:pk>/berichtdoel/",
        contract_settings.municipal_contract_purpose,
        name="municipal_contract_purpose",
    ),
    path(
        "gemeentecontracten/",
        contracts.MunicipalContractList.as_view(),
        name="municipal_contract_list",
    ),
    path(
        "gemeentecontracten/<int:pk>/",
        contracts.MunicipalContractDetail.as_view(),
        name="municipal_contract_detail",
    ),
    path("contracten/data/", contract_dates.contract_date_list, name="contract_date_list"),
    path(
        "contracten/<int:pk>/opties/nieuw/",
        extensions.subcontract_extension_new,
        name="subcontract_extension_new",
    ),
    path(
        "contracten/<int:pk>/toestemming/",
        consents.subcontract_consent,
        name="subcontract_consent",
    ),
    path(
        "contracten/<int:pk>/toestemming/intrekken/",
        consents.subcontract_consent_withdraw,
        name="subcontract_consent_withdraw",
    ),
    path(
        "contracten/lijnen/<int:pk>/vervolg/",
        sunsets.funding_line_sunset,
        name="funding_line_sunset",
    ),
    path("contracten/vervolg/<int:pk>/evaluatie/", sunsets.sunset_evaluate, name="sunset_evaluate"),
    path("contracten/vervolg/<int:pk>/verder/", sunsets.sunset_continue, name="sunset_continue"),
    path("contracten/opties/<int:pk>/", extensions.extension_decide, name="extension_decide"),
    path("contracten/opties/<int:pk>/eruit/", extensions.extension_remove, name="extension_remove"),
    path(
        "bestedingsruimte/",
        ceiling_signals.CeilingSignalList.as_view(),
        name="ceiling_signal_list",
    ),
    path(
        "bestedingsruimte/<int:pk>/",
        ceiling_signals.CeilingSignalDetail.as_view(),
        name="ceiling_signal_detail",
    ),
    path(
        "bestedingsruimte/<int:pk>/brief/",
        ceiling_signals.ceiling_signal_letter,
        name="ceiling_signal_letter",
    ),
    path(
        "bestedingsruimte/<int:pk>/ontvangst/",
        ceiling_signals.ceiling_signal_confirm,
        name="ceiling_signal_confirm",
    ),
    path(
        "bestedingsruimte/<int:pk>/gesprek/",
        ceiling_signals.ceiling_signal_talk,
        name="ceiling_signal_talk",
    ),
    path(
        "bestedingsruimte/<int:pk>/besluit/",
        ceiling_signals.ceiling_signal_decide,
        name="ceiling_signal_decide",
    ),
    path(
        "contracten/<int:pk>/bestedingsruimte/uitzondering/",
        ceiling_exemptions.subcontract_ceiling_exemption,
        name="subcontract_ceiling_exemption",
    ),
    path(
        "bestedingsruimte/uitzonderingen/<int:pk>/einde/",
        ceiling_exemptions.ceiling_exemption_end,
        name="ceiling_exemption_end",
    ),
    path("clientenstops/", client_stops.ClientStopList.as_view(), name="client_stop_list"),
    path(
        "contracten/<int:pk>/clientenstop/",
        client_stops.subcontract_client_stop,
        name="subcontract_client_stop",
    ),
    path(
        "clientenstops/<int:pk>/besluit/",
        client_stops.client_stop_decide,
        name="client_stop_decide",
    ),
    path("clientenstops/<int:pk>/einde/", client_stops.client_stop_end, name="client_stop_end"),
]
