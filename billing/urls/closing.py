"""Closing a month: runs, statements, holds, results, recovery, and questions about them."""

from django.urls import path

from billing.views import (
    adjustments,
    disputes,
    funding,
    holds,
    months,
    recovery_plans,
    results,
    statements,
)

urlpatterns = [
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
    path("maandoverzichten/<int:pk>/excel/", statements.statement_xlsx, name="statement_xlsx"),
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
    path("correcties-en-rente/", adjustments.AdjustmentList.as_view(), name="adjustment_list"),
    path(
        "correcties-en-rente/<int:pk>/",
        adjustments.AdjustmentDetail.as_view(),
        name="adjustment_detail",
    ),
    path(
        "correcties-en-rente/<int:pk>/beslissen/",
        adjustments.adjustment_decide,
        name="adjustment_decide",
    ),
    path("aanhoudingen/", holds.HoldList.as_view(), name="hold_list"),
    path("aanhoudingen/<int:pk>/", holds.HoldDetail.as_view(), name="hold_detail"),
    path("aanhoudingen/<int:pk>/overdragen/", holds.hold_hand_over, name="hold_hand_over"),
    path("resultaten/", results.ResultList.as_view(), name="result_list"),
    path("resultaten/<int:pk>/", results.ResultDetail.as_view(), name="result_detail"),
    path("resultaten/<int:pk>/laten-zien/", results.result_hand_in, name="result_hand_in"),
    path("resultaten/<int:pk>/beoordelen/", results.result_judge, name="result_judge"),
    path("resultaten/<int:pk>/akkoord/", results.result_agree, name="result_agree"),
    path("resultaten/<int:pk>/bezwaar/", results.result_object, name="result_object"),
    path("resultaten/<int:pk>/beslissen/", results.result_decide, name="result_decide"),
    path("resultaten/bijlagen/<int:pk>/", results.result_entry_file, name="result_entry_file"),
    path("terugbetaling/", recovery_plans.RecoveryPlanList.as_view(), name="recovery_plan_list"),
    path("terugbetaling/nieuw/", recovery_plans.recovery_plan_new, name="recovery_plan_new"),
    path(
        "terugbetaling/<int:pk>/",
        recovery_plans.RecoveryPlanDetail.as_view(),
        name="recovery_plan_detail",
    ),
    path(
        "terugbetaling/<int:pk>/akkoord/",
        recovery_plans.recovery_plan_agree,
        name="recovery_plan_agree",
    ),
    path(
        "terugbetaling/<int:pk>/weigeren/",
        recovery_plans.recovery_plan_refuse,
        name="recovery_plan_refuse",
    ),
    path(
        "terugbetaling/<int:pk>/op-papier/",
        recovery_plans.recovery_plan_paper,
        name="recovery_plan_paper",
    ),
    path(
        "terugbetaling/<int:pk>/intrekken/",
        recovery_plans.recovery_plan_withdraw,
        name="recovery_plan_withdraw",
    ),
    path(
        "terugbetaling/<int:pk>/pauzeren/",
        recovery_plans.recovery_plan_pause,
        name="recovery_plan_pause",
    ),
    path(
        "terugbetaling/<int:pk>/hervatten/",
        recovery_plans.recovery_plan_resume,
        name="recovery_plan_resume",
    ),
    path(
        "terugbetaling/<int:pk>/beeindigen/",
        recovery_plans.recovery_plan_end,
        name="recovery_plan_end",
    ),
    path(
        "terugbetaling/<int:pk>/getekend/",
        recovery_plans.recovery_plan_signed,
        name="recovery_plan_signed",
    ),
]
