"""Addresses of the message traffic and of the mailbox for software."""

from __future__ import annotations

from django.urls import path

from messaging.exchange import views
from messaging.exchange.mailbox import views as mailbox

urlpatterns = [
    path("berichten/", views.MessageList.as_view(), name="message_list"),
    path("berichten/verzonden/", views.SentMessageList.as_view(), name="sent_message_list"),
    path("berichten/aanleveren/", views.upload, name="message_upload"),
    path("berichten/aandacht/", views.attention, name="message_attention"),
    path("berichten/<int:pk>/", views.MessageDetail.as_view(), name="message_detail"),
    path("berichten/<int:pk>/xml/", views.download, name="message_download"),
    path("berichten/<int:pk>/opnieuw/", views.rerun, name="message_rerun"),
    path(
        "berichten/verzonden/<int:pk>/",
        views.SentMessageDetail.as_view(),
        name="sent_message_detail",
    ),
    path("berichten/verzonden/<int:pk>/xml/", views.sent_download, name="sent_message_download"),
    path("berichten/verzonden/<int:pk>/opnieuw/", views.resend, name="sent_message_resend"),
    path("api/v1/postbus/openapi.json", mailbox.description, name="mailbox_description"),
    path("api/v1/postbus/berichten/", mailbox.messages, name="mailbox"),
    path("api/v1/postbus/berichten/<int:pk>/", mailbox.message, name="mailbox_message"),
    path(
        "api/v1/postbus/berichten/<int:pk>/ontvangen/",
        mailbox.acknowledge,
        name="mailbox_acknowledge",
    ),
]
