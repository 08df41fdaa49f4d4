"""What goes to municipalities, and the money of their contracts."""

from django.urls import path

from billing.views import (
    contract_wall,
    corrections,
    forecasts,
    own_forecast,
    task_euro,
    upward,
    upward_month,
)

urlpatterns = [
    path(
        "gemeentecontracten/<int:pk>/naast-elkaar/",
        contract_wall.municipal_contract_wall,
        name="municipal_contract_wall",
    ),
    path(
        "gemeentecontracten/<int:pk>/taakeuro/",
        task_euro.municipal_contract_euro,
        name="municipal_contract_euro",
    ),
    path(
        "gemeentecontracten/<int:pk>/taakeuro/<int:year>/",
        task_euro.municipal_contract_euro_year,
        name="municipal_contract_euro_year",
    ),
    path(
        "gemeentecontracten/<int:pk>/taakeuro/<int:year>/xlsx/",
        task_euro.municipal_contract_euro_xlsx,
        name="municipal_contract_euro_xlsx",
    ),
    path(
        "gemeentecontracten/<int:pk>/prognose/",
        forecasts.municipal_contract_forecast,
        name="municipal_contract_forecast",
    ),
    path(
        "gemeentecontracten/<int:pk>/prognose/maken/",
        forecasts.municipal_contract_forecast_make,
        name="municipal_contract_forecast_make",
    ),
    path(
        "contracten/<int:pk>/prognose/",
        own_forecast.subcontract_forecast,
        name="subcontract_forecast",
    ),
    path(
        "contracten/<int:pk>/prognose/xlsx/",
        own_forecast.subcontract_forecast_xlsx,
        name="subcontract_forecast_xlsx",
    ),
    path("prognoses/<int:pk>/", forecasts.forecast_detail, name="forecast_detail"),
    path("prognoses/<int:pk>/xlsx/", forecasts.forecast_xlsx, name="forecast_xlsx"),
    path(
        "prognoses/signalen/<int:pk>/",
        forecasts.forecast_warning_note,
        name="forecast_warning_note",
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
    path("correcties/", corrections.CorrectionList.as_view(), name="correction_list"),
]
