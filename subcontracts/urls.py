"""Addresses of the care chain."""

from django.urls import path

from subcontracts.views import (
    allocations,
    clients,
    contracts,
    emergency,
    home,
    placements,
    requests,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("clienten/", clients.client_list, name="client_list"),
    path("clienten/<int:pk>/", clients.ClientDetail.as_view(), name="client_detail"),
    path("clienten/<int:pk>/bsn/", clients.client_bsn, name="client_bsn"),
    path("noodtoegang/", emergency.EmergencyList.as_view(), name="emergency_list"),
    path("noodtoegang/openen/", emergency.emergency_open, name="emergency_open"),
    path("noodtoegang/<int:pk>/", emergency.EmergencyDetail.as_view(), name="emergency_detail"),
    path("noodtoegang/<int:pk>/bericht/", emergency.emergency_message, name="emergency_message"),
    path("noodtoegang/<int:pk>/beeindigen/", emergency.emergency_end, name="emergency_end"),
    path("noodtoegang/<int:pk>/beoordelen/", emergency.emergency_review, name="emergency_review"),
    path("toewijzingen/", allocations.AllocationList.as_view(), name="allocation_list"),
    path(
        "toewijzingen/<int:pk>/", allocations.AllocationDetail.as_view(), name="allocation_detail"
    ),
    path("toewijzingen/<int:pk>/plaatsen/", allocations.allocation_place, name="allocation_place"),
    path(
        "toewijzingen/<int:pk>/opnieuw-melden/",
        allocations.allocation_tell_again,
        name="allocation_tell_again",
    ),
    path("plaatsingen/", placements.PlacementList.as_view(), name="placement_list"),
    path("plaatsingen/<int:pk>/", placements.PlacementDetail.as_view(), name="placement_detail"),
    path("plaatsingen/<int:pk>/aannemen/", placements.placement_accept, name="placement_accept"),
    path("plaatsingen/<int:pk>/weigeren/", placements.placement_decline, name="placement_decline"),
    path(
        "plaatsingen/<int:pk>/intrekken/", placements.placement_withdraw, name="placement_withdraw"
    ),
    path(
        "plaatsingen/<int:pk>/medewerker/",
        placements.placement_name_professional,
        name="placement_name_professional",
    ),
    path("plaatsingen/<int:pk>/start/", placements.placement_start, name="placement_start"),
    path("plaatsingen/<int:pk>/stop/", placements.placement_stop, name="placement_stop"),
    path(
        "plaatsingen/<int:pk>/terugnemen/",
        placements.placement_take_back,
        name="placement_take_back",
    ),
    path("verzoeken/", requests.RequestList.as_view(), name="request_list"),
    path("verzoeken/nieuw/", requests.request_new, name="request_new"),
    path("verzoeken/<int:pk>/", requests.RequestDetail.as_view(), name="request_detail"),
    path("verzoeken/<int:pk>/versturen/", requests.request_send, name="request_send"),
    path("verzoeken/<int:pk>/niet-overnemen/", requests.request_dismiss, name="request_dismiss"),
    path("onderaannemers/", contracts.SubcontractorList.as_view(), name="subcontractor_list"),
    path(
        "onderaannemers/<int:pk>/",
        contracts.SubcontractorDetail.as_view(),
        name="subcontractor_detail",
    ),
    path("contracten/", contracts.SubcontractList.as_view(), name="subcontract_list"),
    path("contracten/<int:pk>/", contracts.SubcontractDetail.as_view(), name="subcontract_detail"),
    path("contracten/<int:pk>/tarief/", contracts.subcontract_tariff, name="subcontract_tariff"),
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
    path("medewerkers/", contracts.ProfessionalList.as_view(), name="professional_list"),
    path("medewerkers/nieuw/", contracts.professional_new, name="professional_new"),
    path("medewerkers/<int:pk>/einde/", contracts.professional_end, name="professional_end"),
]
