"""The rows of the chain from contract to delivery, split by noun."""

from subcontracts.models.allocations import Allocation, AllocationVersion
from subcontracts.models.clients import Client, ClientAccess, EmergencyAccess
from subcontracts.models.contracts import (
    ContractMunicipality,
    ContractProduct,
    FundingLine,
    FundingLineProduct,
    MunicipalContract,
    Subcontract,
    Tariff,
)
from subcontracts.models.deadlines import Deadline
from subcontracts.models.deliveries import DeliveryStart, DeliveryStop, UpwardReport
from subcontracts.models.parties import Product, Professional, Subcontractor
from subcontracts.models.placements import Placement, PlacementProfessional
from subcontracts.models.requests import CareRequest, RequestedProduct

__all__ = [
    "Allocation",
    "AllocationVersion",
    "CareRequest",
    "Client",
    "ClientAccess",
    "ContractMunicipality",
    "ContractProduct",
    "Deadline",
    "DeliveryStart",
    "DeliveryStop",
    "EmergencyAccess",
    "FundingLine",
    "FundingLineProduct",
    "MunicipalContract",
    "Placement",
    "PlacementProfessional",
    "Product",
    "Professional",
    "RequestedProduct",
    "Subcontract",
    "Subcontractor",
    "Tariff",
    "UpwardReport",
]
