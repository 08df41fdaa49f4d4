"""What is handed in: months, declarations, files, FTE reports, months of own teams."""

from django.urls import path

from billing.views import (
    column_mappings,
    declaration_files,
    declarations,
    fte,
    fte_columns,
    fte_files,
    month_page,
    office_files,
    office_messages,
    offices,
    own_teams,
)

urlpatterns = [
    path("eigen-teams/", own_teams.OwnTeamReportList.as_view(), name="own_team_report_list"),
    path("eigen-teams/nieuw/", own_teams.own_team_report_new, name="own_team_report_new"),
    path(
        "eigen-teams/<int:pk>/",
        own_teams.OwnTeamReportDetail.as_view(),
        name="own_team_report_detail",
    ),
    path(
        "eigen-teams/<int:pk>/invullen/",
        own_teams.own_team_report_edit,
        name="own_team_report_edit",
    ),
    path(
        "eigen-teams/<int:pk>/indienen/",
        own_teams.own_team_report_hand_in,
        name="own_team_report_hand_in",
    ),
    path(
        "eigen-teams/<int:pk>/corrigeren/",
        own_teams.own_team_report_correct,
        name="own_team_report_correct",
    ),
    path("kantoor/", offices.office_home, name="office_home"),
    path("kantoor/volgende/<str:month>/", offices.office_next, name="office_next"),
    path("kantoor/bestanden/", office_files.OfficeFileList.as_view(), name="office_file_list"),
    path(
        "kantoor/bestanden/berichten/",
        office_messages.office_message_upload,
        name="office_message_upload",
    ),
    path("kantoor/bestanden/nieuw/", office_files.office_file_upload, name="office_file_upload"),
    path(
        "kantoor/bestanden/<int:pk>/",
        office_files.OfficeFileDetail.as_view(),
        name="office_file_detail",
    ),
    path(
        "kantoor/bestanden/<int:pk>/kolommen/",
        office_files.office_file_map,
        name="office_file_map",
    ),
    path(
        "kantoor/bestanden/<int:pk>/indienen/",
        office_files.office_file_send,
        name="office_file_send",
    ),
    path(
        "kantoor/bestanden/<int:pk>/weggooien/",
        office_files.office_file_discard,
        name="office_file_discard",
    ),
    path("mijn-maand/", month_page.month_current, name="month_current"),
    path("mijn-maand/<str:month>/", month_page.month_page, name="month_page"),
    path("declaraties/", declarations.DeclarationList.as_view(), name="declaration_list"),
    path("declaraties/indienen/", declarations.declaration_upload, name="declaration_upload"),
    path(
        "declaraties/voorbeeld/<str:month>/<str:table_kind>/",
        declaration_files.declaration_template,
        name="declaration_template",
    ),
    path(
        "declaraties/bestanden/",
        declaration_files.DeclarationFileList.as_view(),
        name="declaration_file_list",
    ),
    path(
        "declaraties/bestanden/<int:pk>/",
        declaration_files.DeclarationFileDetail.as_view(),
        name="declaration_file_detail",
    ),
    path(
        "declaraties/bestanden/<int:pk>/kolommen/",
        declaration_files.declaration_file_map,
        name="declaration_file_map",
    ),
    path(
        "declaraties/bestanden/<int:pk>/indienen/",
        declaration_files.declaration_file_send,
        name="declaration_file_send",
    ),
    path(
        "declaraties/bestanden/<int:pk>/weggooien/",
        declaration_files.declaration_file_discard,
        name="declaration_file_discard",
    ),
    path(
        "declaraties/bestanden/<int:pk>/bestand/",
        declaration_files.declaration_file_original,
        name="declaration_file_original",
    ),
    path(
        "declaraties/bestanden/<int:pk>/te-herstellen/",
        declaration_files.declaration_file_wrong,
        name="declaration_file_wrong",
    ),
    path(
        "declaraties/kolommen/",
        column_mappings.ColumnMappingList.as_view(),
        name="column_mapping_list",
    ),
    path(
        "declaraties/kolommen/<int:pk>/",
        column_mappings.column_mapping_change,
        name="column_mapping_change",
    ),
    path(
        "declaraties/kolommen/<int:pk>/vergeten/",
        column_mappings.column_mapping_forget,
        name="column_mapping_forget",
    ),
    path(
        "declaraties/<int:pk>/",
        declarations.DeclarationDetail.as_view(),
        name="declaration_detail",
    ),
    path(
        "declaraties/<int:pk>/afgekeurd/",
        declarations.declaration_rejected,
        name="declaration_rejected",
    ),
    path("fte/", fte.FteReportList.as_view(), name="fte_report_list"),
    path("fte/kolommen/", fte_columns.FteColumnsList.as_view(), name="fte_columns_list"),
    path("fte/kolommen/<int:pk>/", fte_columns.fte_columns_change, name="fte_columns_change"),
    path(
        "fte/kolommen/<int:pk>/vergeten/",
        fte_columns.fte_columns_forget,
        name="fte_columns_forget",
    ),
    path("fte/<int:line>/<str:month>/beginnen/", fte.fte_report_open, name="fte_report_open"),
    path("fte/<int:line>/<str:month>/overnemen/", fte.fte_report_carry, name="fte_report_carry"),
    path("fte/<int:pk>/controleren/", fte.fte_report_confirm, name="fte_report_confirm"),
    path("fte/<int:pk>/", fte.FteReportDetail.as_view(), name="fte_report_detail"),
    path("fte/<int:pk>/invullen/", fte.fte_report_edit, name="fte_report_edit"),
    path("fte/<int:pk>/bestand/", fte_files.fte_report_file, name="fte_report_file"),
    path("fte/<int:pk>/sjabloon/", fte_files.fte_report_template, name="fte_report_template"),
    path("fte/<int:pk>/corrigeren/", fte.fte_report_correct, name="fte_report_correct"),
]
