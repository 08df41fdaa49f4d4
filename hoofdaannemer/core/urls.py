"""Addresses of the internal pages about the pages themselves."""

from django.urls import path

from hoofdaannemer.core import views

urlpatterns = [
    path("componenten/", views.components, name="components"),
    path("hulp/", views.help_page, name="help"),
]
