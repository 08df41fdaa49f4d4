"""Addresses of the message traffic and of the mailbox for software."""

from __future__ import annotations

from django.urls import path

from messaging.exchange.mailbox import views as mailbox
from messaging.exchange.views import attention, boards, details, files

urlpatterns = [
    path("berichten/", boards.MessageList.as_view(), name="message_list"),
    path("berichten/verzonden/", boards.SentMessageList.as_view(), name="sent_message_list"),
    path("berichten/aanleveren/", files.upload, name="message_upload"),
    path("berichten/aandacht/", attention.attention, name="message_attention"),
    path("berichten/<int:pk>/", details.MessageDetail.as_view(), name="message_detail"),
    path("berichten/<int:pk>/xml/", files.download, name="message_download"),
    path("berichten/<int:pk>/opnieuw/", attention.rerun, name="message_rerun"),
    path("berichten/<int:pk>/afgehandeld/", attention.settle, name="message_settle"),
    path(
        "berichten/verzonden/<int:pk>/afgehandeld/",
        attention.sent_settle,
        name="sent_message_settle",
    ),
    path(
        "berichten/verzonden/<int:pk>/",
        details.SentMessageDetail.as_view(),
        name="sent_message_detail",
    ),
    path("berichten/verzonden/<int:pk>/xml/", files.sent_download, name="sent_message_download"),
    path("berichten/verzonden/<int:pk>/opnieuw/", attention.resend, name="sent_message_resend"),
    path("api/v1/postbus/openapi.json", mailbox.description, name="mailbox_description"),
    path("api/v1/postbus/berichten/", mailbox.messages, name="mailbox"),
    path("api/v1/postbus/berichten/<int:pk>/", mailbox.message, name="mailbox_message"),
    path(
        "api/v1/postbus/berichten/<int:pk>/ontvangen/",
        mailbox.acknowledge,
        name="mailbox_acknowledge",
    ),
]
