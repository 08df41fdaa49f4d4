"""Addresses of the money, by subject."""

from billing.urls import closing, handing_in, invoices, paying, upward, what_ifs, years

urlpatterns = [
    *handing_in.urlpatterns,
    *closing.urlpatterns,
    *paying.urlpatterns,
    *invoices.urlpatterns,
    *upward.urlpatterns,
    *years.urlpatterns,
    *what_ifs.urlpatterns,
]
