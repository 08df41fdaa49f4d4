"""Addresses of the quality pages."""

from django.urls import path

from qualifications import views

urlpatterns = [
    path("kwaliteit/bewijzen/", views.EvidenceList.as_view(), name="evidence_list"),
    path("kwaliteit/bewijzen/nieuw/", views.evidence_upload, name="evidence_upload"),
    path("kwaliteit/bewijzen/<int:pk>/", views.EvidenceDetail.as_view(), name="evidence_detail"),
    path("kwaliteit/bewijzen/<int:pk>/bestand/", views.evidence_file, name="evidence_file"),
    path("kwaliteit/bewijzen/<int:pk>/oordeel/", views.evidence_review, name="evidence_review"),
    path("kwaliteit/eisen/", views.RequirementList.as_view(), name="requirement_list"),
    path("kwaliteit/overzicht/", views.qualification_overview, name="qualification_overview"),
]
