"""What-ifs and their outcomes."""

from django.urls import path

from billing.views import (
    what_if_results,
    what_ifs,
)

urlpatterns = [
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
