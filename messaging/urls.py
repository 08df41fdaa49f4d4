"""Addresses of the message traffic and of the mailbox for software."""

from __future__ import annotations

from django.urls import path

from messaging.exchange.hub import views as hub
from messaging.exchange.mailbox import copies as mailbox_copies
from messaging.exchange.mailbox import views as mailbox
from messaging.exchange.views import (
    attention,
    boards,
    completeness,
    copies,
    details,
    entry,
    files,
    health,
    lineage,
)

urlpatterns = [
    path("berichten/", boards.MessageList.as_view(), name="message_list"),
    path("berichten/verzonden/", boards.SentMessageList.as_view(), name="sent_message_list"),
    path("berichten/aanleveren/", files.upload, name="message_upload"),
    path("berichten/maken/", entry.entry_list, name="message_entry_list"),
    path("berichten/maken/<str:message_type>/", entry.entry, name="message_entry"),
    path(
        "berichten/maken/<str:message_type>/controle/",
        entry.entry_check,
        name="message_entry_check",
    ),
    path("berichten/<int:pk>/verbeteren/", entry.mend, name="message_mend"),
    path("berichten/aandacht/", attention.attention, name="message_attention"),
    path("berichten/enveloppen/<int:pk>/afgehandeld/", attention.envelope, name="envelope_settle"),
    path("berichten/volledigheid/", completeness.received, name="message_completeness_list"),
    path(
        "berichten/volledigheid/verzonden/",
        completeness.sent,
        name="sent_message_completeness_list",
    ),
    path("berichten/afschriften/", copies.CopyList.as_view(), name="copy_list"),
    path("berichten/afschriften/<int:pk>/opnieuw/", copies.copy_resend, name="copy_resend"),
    path("berichten/gezondheid/", health.health, name="message_health"),
    path("berichten/<int:pk>/", details.MessageDetail.as_view(), name="message_detail"),
    path("berichten/<int:pk>/herkomst/", lineage.received, name="message_lineage"),
    path("berichten/verzonden/<int:pk>/herkomst/", lineage.sent, name="sent_message_lineage"),
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
    path("api/v1/postbus/afschriften/", mailbox_copies.copies, name="mailbox_copies"),
    path("api/v1/postbus/afschriften/<int:pk>/", mailbox_copies.copy, name="mailbox_copy"),
    path(
        "api/v1/postbus/afschriften/<int:pk>/ontvangen/",
        mailbox_copies.acknowledge,
        name="mailbox_copy_acknowledge",
    ),
    path("api/v1/knooppunt/<str:kvk>/ggk/", hub.ggk, name="hub_ggk"),
    # VECOZO adds the last word to the address that it is given.
    path("api/v1/knooppunt/<str:kvk>/vecozo/berichten", hub.vecozo, name="hub_vecozo"),
]
