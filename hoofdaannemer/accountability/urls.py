"""Addresses of the reports."""

from django.urls import path

from hoofdaannemer.accountability.views import releases, reports, subcontractors

urlpatterns = [
    path("rapportages/", reports.ReportList.as_view(), name="report_list"),
    path("rapportages/nieuw/", reports.report_new, name="report_new"),
    path("rapportages/<int:pk>/", reports.ReportDetail.as_view(), name="report_detail"),
    path("rapportages/<int:pk>/toelichting/", reports.report_narrative, name="report_narrative"),
    path("rapportages/<int:pk>/oordeel/", reports.report_review, name="report_review"),
    path("rapportages/<int:pk>/publiceren/", reports.report_publish, name="report_publish"),
    path("gepubliceerd/", releases.ReleaseList.as_view(), name="release_list"),
    path("gepubliceerd/<int:pk>/", releases.ReleaseDetail.as_view(), name="release_detail"),
    path(
        "gepubliceerd/<int:pk>/onderaannemers/",
        subcontractors.ReleaseSubcontractors.as_view(),
        name="release_subcontractors",
    ),
    path(
        "gepubliceerd/<int:pk>/onderaannemers/<str:kind>/",
        subcontractors.release_subcontractors_file,
        name="release_subcontractors_file",
    ),
    path("gepubliceerd/<int:pk>/<str:kind>/", releases.release_file, name="release_file"),
]
