"""Paying: runs, the bank, accounts, and e-invoices."""

from django.urls import path

from billing.views import (
    account_changes,
    bank,
    invoicing,
    payments,
    terms,
)

urlpatterns = [
    path("financieringslijnen/<int:pk>/btw/", invoicing.funding_line_vat, name="funding_line_vat"),
    path(
        "maandoverzichten/<int:pk>/e-factuur/",
        invoicing.statement_einvoice,
        name="statement_einvoice",
    ),
    path(
        "maandoverzichten/<int:pk>/e-factuur/maken/",
        invoicing.statement_einvoice_make,
        name="statement_einvoice_make",
    ),
    path("e-facturen/", invoicing.EInvoiceList.as_view(), name="einvoice_list"),
    path("e-facturen/regelen/", invoicing.self_billing_agree, name="self_billing_agree"),
    path(
        "e-facturen/regelen/<int:pk>/stoppen/", invoicing.self_billing_end, name="self_billing_end"
    ),
    path("betaaltermijnen/", terms.PaymentTermList.as_view(), name="payment_term_list"),
    path("betaaltermijnen/nieuw/", terms.payment_term_new, name="payment_term_new"),
    path("te-laat-betaald/", terms.LatePaymentList.as_view(), name="late_payment_list"),
    path("te-laat-betaald/<int:pk>/rente/", terms.payment_interest, name="payment_interest"),
    path("betaalruns/", payments.PaymentRunList.as_view(), name="payment_run_list"),
    path("betaalruns/voorbereiden/", payments.payment_run_prepare, name="payment_run_prepare"),
    path("betaalruns/<int:pk>/", payments.PaymentRunDetail.as_view(), name="payment_run_detail"),
    path(
        "betaalruns/<int:pk>/vrijgeven/", payments.payment_run_release, name="payment_run_release"
    ),
    path("betaalruns/<int:pk>/annuleren/", payments.payment_run_cancel, name="payment_run_cancel"),
    path("betaalruns/<int:pk>/sepa/", payments.payment_run_file, name="payment_run_file"),
    path("bankberichten/", bank.BankReportList.as_view(), name="bank_report_list"),
    path("bankberichten/inlezen/", bank.bank_report_new, name="bank_report_new"),
    path("bankberichten/<int:pk>/", bank.BankReportDetail.as_view(), name="bank_report_detail"),
    path("bankberichten/<int:pk>/bestand/", bank.bank_report_file, name="bank_report_file"),
    path(
        "bankberichten/regels/<int:pk>/uitgezocht/",
        bank.bank_entry_settle,
        name="bank_entry_settle",
    ),
    path("rekeningen/", account_changes.AccountChangeList.as_view(), name="account_change_list"),
    path("rekeningen/wijzigen/", account_changes.account_change_ask, name="account_change_ask"),
    path(
        "rekeningen/<int:pk>/",
        account_changes.AccountChangeDetail.as_view(),
        name="account_change_detail",
    ),
    path(
        "rekeningen/<int:pk>/bevestigen/",
        account_changes.account_change_confirm,
        name="account_change_confirm",
    ),
    path(
        "rekeningen/<int:pk>/beslissen/",
        account_changes.account_change_decide,
        name="account_change_decide",
    ),
    path(
        "rekeningen/<int:pk>/intrekken/",
        account_changes.account_change_withdraw,
        name="account_change_withdraw",
    ),
    path(
        "rekeningen/<int:pk>/terugdraaien/",
        account_changes.account_change_undo,
        name="account_change_undo",
    ),
    path("betalingen/", payments.PaymentList.as_view(), name="payment_list"),
]
