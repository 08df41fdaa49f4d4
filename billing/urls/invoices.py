"""Invoices of parties without a subcontract, and what was decided for them."""

from django.urls import path

from billing.views import (
    invoicing_parties,
    received,
)

urlpatterns = [
    path("facturen/", received.InvoiceList.as_view(), name="invoice_list"),
    path("facturen/invoeren/", received.invoice_new, name="invoice_new"),
    path("facturen/inlezen/", received.invoice_upload, name="invoice_upload"),
    path("facturen/tabel/", received.invoice_table, name="invoice_table"),
    path("facturen/sjabloon/", received.invoice_template, name="invoice_template"),
    path("facturen/<int:pk>/", received.InvoiceDetail.as_view(), name="invoice_detail"),
    path("facturen/<int:pk>/opnieuw/", received.invoice_judge, name="invoice_judge"),
    path("facturen/<int:pk>/bestand/", received.invoice_file, name="invoice_file"),
    path("facturen/<int:pk>/brief/", received.invoice_letter, name="invoice_letter"),
    path("facturen/<int:pk>/weigeren/", received.invoice_refuse, name="invoice_refuse"),
    path(
        "facturen/regels/<int:pk>/goedkeuren/",
        received.invoice_line_accept,
        name="invoice_line_accept",
    ),
    path(
        "facturen/regels/<int:pk>/weigeren/",
        received.invoice_line_refuse,
        name="invoice_line_refuse",
    ),
    path(
        "facturen/bevindingen/<int:pk>/",
        received.invoice_finding_settle,
        name="invoice_finding_settle",
    ),
    path(
        "facturerende-instellingen/",
        invoicing_parties.InvoicingPartyList.as_view(),
        name="invoicing_party_list",
    ),
    path(
        "facturerende-instellingen/nieuw/",
        invoicing_parties.invoicing_party_new,
        name="invoicing_party_new",
    ),
    path(
        "facturerende-instellingen/<int:pk>/",
        invoicing_parties.InvoicingPartyDetail.as_view(),
        name="invoicing_party_detail",
    ),
    path(
        "facturerende-instellingen/<int:pk>/afrekenen/",
        invoicing_parties.invoicing_party_state,
        name="invoicing_party_state",
    ),
    path("indicaties/", invoicing_parties.IndicationList.as_view(), name="indication_list"),
    path("indicaties/nieuw/", invoicing_parties.indication_new, name="indication_new"),
    path(
        "indicaties/<int:pk>/",
        invoicing_parties.IndicationDetail.as_view(),
        name="indication_detail",
    ),
    path(
        "indicaties/<int:pk>/beeindigen/",
        invoicing_parties.indication_end,
        name="indication_end",
    ),
]
