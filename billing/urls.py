"""Addresses of declarations, reports, statements and payments."""

from django.urls import path

from billing.views import (
    contract_wall,
    declarations,
    disputes,
    fte,
    funding,
    month_page,
    months,
    payments,
    statements,
    upward,
    upward_month,
    what_if_results,
    what_ifs,
)

urlpatterns = [
    path(
        "gemeentecontracten/<int:pk>/naast-elkaar/",
        contract_wall.municipal_contract_wall,
        name="municipal_contract_wall",
    ),
    path("mijn-maand/", month_page.month_current, name="month_current"),
    path("mijn-maand/<str:month>/", month_page.month_page, name="month_page"),
    path("declaraties/", declarations.DeclarationList.as_view(), name="declaration_list"),
    path("declaraties/indienen/", declarations.declaration_upload, name="declaration_upload"),
    path(
        "declaraties/<int:pk>/",
        declarations.DeclarationDetail.as_view(),
        name="declaration_detail",
    ),
    path(
        "gemeentedeclaraties/",
        upward.UpwardDeclarationList.as_view(),
        name="upward_declaration_list",
    ),
    path("gemeentedeclaraties/maand/", upward_month.upward_overview, name="upward_overview"),
    path(
        "gemeentedeclaraties/maand/<int:pk>/<str:month>/",
        upward_month.upward_month,
        name="upward_month",
    ),
    path(
        "gemeentedeclaraties/<int:pk>/",
        upward.UpwardDeclarationDetail.as_view(),
        name="upward_declaration_detail",
    ),
    path(
        "gemeentedeclaraties/regels/<int:pk>/opnieuw/",
        upward.upward_line_again,
        name="upward_line_again",
    ),
    path(
        "gemeentedeclaraties/regels/<int:pk>/opgeven/",
        upward.upward_line_give_up,
        name="upward_line_give_up",
    ),
    path("fte/", fte.FteReportList.as_view(), name="fte_report_list"),
    path("fte/<int:line>/<str:month>/beginnen/", fte.fte_report_open, name="fte_report_open"),
    path("fte/<int:pk>/", fte.FteReportDetail.as_view(), name="fte_report_detail"),
    path("fte/<int:pk>/invullen/", fte.fte_report_edit, name="fte_report_edit"),
    path("fte/<int:pk>/corrigeren/", fte.fte_report_correct, name="fte_report_correct"),
    path(
        "financieringslijnen/<int:pk>/",
        funding.FundingLineAmounts.as_view(),
        name="funding_line_amounts",
    ),
    path(
        "financieringslijnen/<int:pk>/vaststellen/",
        funding.funding_line_assess,
        name="funding_line_assess",
    ),
    path("maandafsluiting/", months.month_overview, name="month_overview"),
    path("maandafsluiting/run/<int:pk>/", months.month_run_detail, name="month_run_detail"),
    path("maandafsluiting/<str:month>/", months.month_close, name="month_close"),
    path("maandafsluiting/<str:month>/draaien/", months.month_run_start, name="month_run_start"),
    path("maandoverzichten/", statements.StatementList.as_view(), name="statement_list"),
    path(
        "maandoverzichten/<int:pk>/",
        statements.StatementDetail.as_view(),
        name="statement_detail",
    ),
    path("maandoverzichten/<int:pk>/pdf/", statements.statement_pdf, name="statement_pdf"),
    path(
        "maandoverzichten/regels/<int:pk>/vraag/",
        disputes.statement_line_ask,
        name="statement_line_ask",
    ),
    path("geschillen/", disputes.DisputeList.as_view(), name="dispute_list"),
    path("geschillen/<int:pk>/", disputes.DisputeDetail.as_view(), name="dispute_detail"),
    path("geschillen/<int:pk>/antwoord/", disputes.dispute_answer, name="dispute_answer"),
    path("geschillen/<int:pk>/reactie/", disputes.dispute_react, name="dispute_react"),
    path("geschillen/<int:pk>/akkoord/", disputes.dispute_agree, name="dispute_agree"),
    path("geschillen/<int:pk>/intrekken/", disputes.dispute_withdraw, name="dispute_withdraw"),
    path("aanhoudingen/", statements.HoldList.as_view(), name="hold_list"),
    path("betaalruns/", payments.PaymentRunList.as_view(), name="payment_run_list"),
    path("betaalruns/voorbereiden/", payments.payment_run_prepare, name="payment_run_prepare"),
    path("betaalruns/<int:pk>/", payments.PaymentRunDetail.as_view(), name="payment_run_detail"),
    path(
        "betaalruns/<int:pk>/vrijgeven/", payments.payment_run_release, name="payment_run_release"
    ),
    path("betaalruns/<int:pk>/annuleren/", payments.payment_run_cancel, name="payment_run_cancel"),
    path("betaalruns/<int:pk>/sepa/", payments.payment_run_file, name="payment_run_file"),
    path("betalingen/", payments.PaymentList.as_view(), name="payment_list"),
    path("wat-als/", what_ifs.WhatIfList.as_view(), name="what_if_list"),
    path("wat-als/nieuw/", what_ifs.what_if_new, name="what_if_new"),
    path("wat-als/nieuw/<str:form_code>/", what_ifs.what_if_ask, name="what_if_ask"),
    path("wat-als/<int:pk>/", what_if_results.WhatIfDetail.as_view(), name="what_if_detail"),
    path("wat-als/<int:pk>/verwijderen/", what_ifs.what_if_delete, name="what_if_delete"),
    path(
        "wat-als/uitkomsten/<int:pk>/",
        what_if_results.WhatIfResultDetail.as_view(),
        name="what_if_result_detail",
    ),
]
