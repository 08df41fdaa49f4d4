"""Addresses of the care chain, by subject."""

from subcontracts.urls import care, contracts, talking, tariffs, upward

urlpatterns = [
    *care.urlpatterns,
    *contracts.urlpatterns,
    *upward.urlpatterns,
    *tariffs.urlpatterns,
    *talking.urlpatterns,
]
