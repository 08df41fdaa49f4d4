"""Tariffs: indexed, built up and collected in the open."""

from django.urls import path

from subcontracts.views import (
    buildups,
    index_contracts,
    index_letters,
    index_round_actions,
    index_rounds,
    indexing,
    tariff_lines,
    tariff_rounds,
)
from subcontracts.views import tariff_round_actions as round_actions

urlpatterns = [
    path("indexatie/", index_rounds.RoundList.as_view(), name="index_round_list"),
    path("indexatie/nieuw/", index_round_actions.index_round_new, name="index_round_new"),
    path("indexatie/<int:pk>/", index_rounds.RoundDetail.as_view(), name="index_round_detail"),
    path("indexatie/<int:pk>/regels/", index_rounds.LineList.as_view(), name="index_round_lines"),
    path(
        "indexatie/<int:pk>/besluiten/",
        index_round_actions.index_round_decide,
        name="index_round_decide",
    ),
    path(
        "indexatie/<int:pk>/intrekken/",
        index_round_actions.index_round_withdraw,
        name="index_round_withdraw",
    ),
    path(
        "indexatie/<int:pk>/ongedaan-maken/",
        index_round_actions.index_round_undo,
        name="index_round_undo",
    ),
    path(
        "indexatie/<int:pk>/uitnemen/",
        index_round_actions.index_round_take_out,
        name="index_round_take_out",
    ),
    path(
        "indexatie/<int:pk>/terugzetten/",
        index_round_actions.index_round_put_back,
        name="index_round_put_back",
    ),
    path(
        "indexatie/<int:pk>/brieven/", index_letters.index_round_letters, name="index_round_letters"
    ),
    path(
        "indexatie/brieven/<int:pk>/",
        index_letters.index_letter_download,
        name="index_letter_download",
    ),
    path("indexatie/cijfers/", indexing.FigureList.as_view(), name="index_figure_list"),
    path("indexatie/cijfers/nieuw/", indexing.index_figure_new, name="index_figure_new"),
    path("indexatie/reeksen/nieuw/", indexing.index_series_new, name="index_series_new"),
    path("indexatie/regelingen/", indexing.SchemeList.as_view(), name="index_scheme_list"),
    path("indexatie/regelingen/nieuw/", indexing.index_scheme_new, name="index_scheme_new"),
    path("indexatie/regelingen/<int:pk>/", indexing.index_scheme_terms, name="index_scheme_terms"),
    path(
        "contracten/<int:pk>/indexatie/",
        index_contracts.subcontract_indexing,
        name="subcontract_indexing",
    ),
    path("tarieven/opbouw/", buildups.BuildupList.as_view(), name="buildup_list"),
    path("tarieven/opbouw/nieuw/", buildups.buildup_new, name="buildup_new"),
    path("tarieven/opbouw/<int:pk>/", buildups.BuildupDetail.as_view(), name="buildup_detail"),
    path(
        "tarieven/opbouw/<int:pk>/regel/",
        buildups.buildup_parameter_new,
        name="buildup_parameter_new",
    ),
    path("tarieven/opbouw/<int:pk>/vaststellen/", buildups.buildup_settle, name="buildup_settle"),
    path("tarieven/opbouw/<int:pk>/intrekken/", buildups.buildup_withdraw, name="buildup_withdraw"),
    path("tarieven/opbouw/regels/<int:pk>/", buildups.parameter_change, name="parameter_change"),
    path(
        "tarieven/opbouw/regels/<int:pk>/weg/", buildups.parameter_remove, name="parameter_remove"
    ),
    path("tarieven/rondes/", tariff_rounds.TariffRoundList.as_view(), name="tariff_round_list"),
    path("tarieven/rondes/nieuw/", round_actions.tariff_round_new, name="tariff_round_new"),
    path(
        "tarieven/rondes/<int:pk>/",
        tariff_rounds.TariffRoundDetail.as_view(),
        name="tariff_round_detail",
    ),
    path(
        "tarieven/rondes/<int:pk>/gevolg/",
        tariff_rounds.TariffRoundEffects.as_view(),
        name="tariff_round_effects",
    ),
    path(
        "tarieven/rondes/<int:pk>/openen/",
        round_actions.tariff_round_open,
        name="tariff_round_open",
    ),
    path(
        "tarieven/rondes/<int:pk>/verlengen/",
        round_actions.tariff_round_extend,
        name="tariff_round_extend",
    ),
    path(
        "tarieven/rondes/<int:pk>/voorleggen/",
        round_actions.tariff_round_submit,
        name="tariff_round_submit",
    ),
    path(
        "tarieven/rondes/<int:pk>/terugnemen/",
        round_actions.tariff_round_take_back,
        name="tariff_round_take_back",
    ),
    path(
        "tarieven/rondes/<int:pk>/intrekken/",
        round_actions.tariff_round_withdraw,
        name="tariff_round_withdraw",
    ),
    path(
        "tarieven/rondes/<int:pk>/besluiten/",
        round_actions.tariff_round_decide,
        name="tariff_round_decide",
    ),
    path(
        "tarieven/rondes/<int:pk>/ongedaan/",
        round_actions.tariff_round_undo,
        name="tariff_round_undo",
    ),
    path(
        "tarieven/rondes/producten/<int:pk>/",
        tariff_lines.TariffLineDetail.as_view(),
        name="tariff_line_detail",
    ),
    path(
        "tarieven/rondes/producten/<int:pk>/reactie/",
        tariff_lines.tariff_line_react,
        name="tariff_line_react",
    ),
    path(
        "tarieven/rondes/producten/<int:pk>/keuze/",
        tariff_lines.tariff_line_adjust,
        name="tariff_line_adjust",
    ),
    path(
        "tarieven/rondes/reacties/<int:pk>/",
        tariff_lines.tariff_reaction_answer,
        name="tariff_reaction_answer",
    ),
]
