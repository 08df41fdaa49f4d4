"""Addresses of the demo's own pages."""

from django.urls import path

from hoofdaannemer.scenarios import views

urlpatterns = [
    path("demo/gemeente/", views.play_municipality, name="demo_municipality"),
    path("demo/gemeente/<int:pk>/antwoord/", views.answer_request, name="demo_request_answer"),
]
