"""What the parties say to each other: questions, announcements, contacts."""

from django.urls import path

from subcontracts.views import (
    announcements,
    channels,
    contacts,
    questions,
)

urlpatterns = [
    path("contracten/vragen/", questions.QuestionList.as_view(), name="question_list"),
    path("contracten/vragen/nieuw/", questions.question_new, name="question_new"),
    path("contracten/vragen/<int:pk>/", questions.QuestionDetail.as_view(), name="question_detail"),
    path("contracten/vragen/<int:pk>/antwoord/", questions.question_answer, name="question_answer"),
    path(
        "contracten/vragen/<int:pk>/publiceren/",
        questions.question_publish,
        name="question_publish",
    ),
    path(
        "contracten/vragen/<int:pk>/terug/", questions.question_withdraw, name="question_withdraw"
    ),
    path("contracten/vragen/uitleg/", questions.ReadingList.as_view(), name="reading_list"),
    path(
        "contracten/vragen/uitleg/<int:pk>/",
        questions.ReadingDetail.as_view(),
        name="reading_detail",
    ),
    path(
        "contracten/vragen/uitleg/<int:pk>/intrekken/",
        questions.reading_withdraw,
        name="reading_withdraw",
    ),
    path("mededelingen/", announcements.AnnouncementList.as_view(), name="announcement_list"),
    path("mededelingen/nieuw/", announcements.announcement_new, name="announcement_new"),
    path(
        "mededelingen/<int:pk>/",
        announcements.AnnouncementDetail.as_view(),
        name="announcement_detail",
    ),
    path(
        "mededelingen/<int:pk>/gelezen/",
        announcements.announcement_confirm,
        name="announcement_confirm",
    ),
    path(
        "mededelingen/<int:pk>/leesbewijs/",
        announcements.AnnouncementProof.as_view(),
        name="announcement_proof",
    ),
    path(
        "mededelingen/<int:pk>/bijlage/",
        announcements.announcement_attachment,
        name="announcement_attachment",
    ),
    path(
        "mededelingen/<int:pk>/herinneren/",
        announcements.announcement_remind,
        name="announcement_remind",
    ),
    path(
        "mededelingen/<int:pk>/intrekken/",
        announcements.announcement_withdraw,
        name="announcement_withdraw",
    ),
    path("berichten/wegen/", channels.channel_list, name="channel_list"),
    path("berichten/wegen/gemeenten/<int:pk>/", channels.channel_up, name="channel_up_choose"),
    path(
        "berichten/wegen/onderaannemers/<int:pk>/",
        channels.channel_down,
        name="channel_down_choose",
    ),
    path("contactpersonen/", contacts.ContactList.as_view(), name="contact_list"),
    path("contactpersonen/nieuw/", contacts.contact_new, name="contact_new"),
    path("contactpersonen/<int:pk>/", contacts.contact_change, name="contact_change"),
]
