"""Addresses of the quality pages."""

from django.urls import path

from qualifications import requirement_views, views

urlpatterns = [
    path("kwaliteit/bewijzen/", views.EvidenceList.as_view(), name="evidence_list"),
    path("kwaliteit/bewijzen/nieuw/", views.evidence_upload, name="evidence_upload"),
    path("kwaliteit/bewijzen/<int:pk>/", views.EvidenceDetail.as_view(), name="evidence_detail"),
    path("kwaliteit/bewijzen/<int:pk>/bestand/", views.evidence_file, name="evidence_file"),
    path("kwaliteit/bewijzen/<int:pk>/oordeel/", views.evidence_review, name="evidence_review"),
    path("kwaliteit/eisen/", requirement_views.RequirementList.as_view(), name="requirement_list"),
    path("kwaliteit/eisen/nieuw/", requirement_views.requirement_make, name="requirement_make"),
    path(
        "kwaliteit/eisen/<int:pk>/",
        requirement_views.RequirementDetail.as_view(),
        name="requirement_detail",
    ),
    path(
        "kwaliteit/eisen/<int:pk>/wijzigen/",
        requirement_views.requirement_change,
        name="requirement_change",
    ),
    path(
        "kwaliteit/eisen/<int:pk>/beeindigen/",
        requirement_views.requirement_end,
        name="requirement_end",
    ),
    path(
        "kwaliteit/eisen/<int:pk>/doorlopen/",
        requirement_views.requirement_resume,
        name="requirement_resume",
    ),
    path(
        "kwaliteit/eisen/<int:pk>/terugnemen/",
        requirement_views.requirement_withdraw,
        name="requirement_withdraw",
    ),
    path("kwaliteit/overzicht/", views.qualification_overview, name="qualification_overview"),
]
