"""Addresses of the entrance, one's account, people, keys and logs."""

from django.urls import path

from hoofdaannemer.accounts.views import (
    access_keys,
    account,
    demo,
    entrance,
    people,
    records,
    tokens,
)

urlpatterns = [
    path("inloggen/", entrance.log_in, name="login"),
    path("inloggen/tweede-stap/", entrance.give_second_factor, name="second_factor"),
    path(
        "inloggen/tweede-stap/instellen/",
        entrance.enrol_second_factor,
        name="second_factor_enrol",
    ),
    path("uitnodiging/<str:token>/", entrance.accept_invitation, name="invitation_accept"),
    path("wachtwoord-vergeten/", entrance.ask_reset, name="password_reset"),
    path("wachtwoord-vergeten/verstuurd/", entrance.reset_sent, name="password_reset_sent"),
    path(
        "wachtwoord-vergeten/<str:uid>/<str:token>/",
        entrance.reset_password,
        name="password_reset_confirm",
    ),
    # Below the account's address the middleware lets a municipal viewer write to accounts.
    path("account/", account.account, name="account"),
    path("account/uitloggen/", entrance.log_out, name="logout"),
    path("account/rol/", account.switch_role, name="role_switch"),
    path("account/naam/", account.rename, name="account_name"),
    path("account/weekmail/", account.choose_digest, name="account_digest"),
    path("account/wachtwoord/", account.change_password, name="password_change"),
    path("account/app/", account.renew_app, name="second_factor_renew"),
    path("account/herstelcodes/", account.renew_codes, name="recovery_codes_renew"),
    path("account/sessies/<int:pk>/", account.end_session, name="session_end"),
    path("account/sessies/", account.end_other_sessions, name="session_end_others"),
    path("gebruikers/", people.UserList.as_view(), name="user_list"),
    path("gebruikers/uitnodigen/", people.invite, name="user_invite"),
    path("gebruikers/<int:pk>/", people.UserDetail.as_view(), name="user_detail"),
    path("gebruikers/<int:pk>/rol/", people.give_role, name="role_give"),
    path("gebruikers/<int:pk>/blokkeren/", people.block, name="user_block"),
    path("gebruikers/<int:pk>/toelaten/", people.unblock, name="user_unblock"),
    path(
        "gebruikers/<int:pk>/tweede-stap/",
        people.reset_second_factor,
        name="user_second_factor_reset",
    ),
    path("gebruikers/<int:pk>/post/", people.resend_mail, name="user_mail_resend"),
    path("gebruikers/rollen/<int:pk>/beeindigen/", people.end_role, name="role_end"),
    path("gebruikers/rollen/<int:pk>/uitnodiging/", people.resend, name="invitation_resend"),
    path("api-sleutels/", tokens.TokenList.as_view(), name="token_list"),
    path("api-sleutels/nieuw/", tokens.create, name="token_create"),
    path("api-sleutels/<int:pk>/stoppen/", tokens.revoke, name="token_revoke"),
    path("sleutels-toegang/", access_keys.AccessKeyList.as_view(), name="access_key_list"),
    path("sleutels-toegang/nieuw/", access_keys.create, name="access_key_create"),
    path("sleutels-toegang/<int:pk>/stoppen/", access_keys.revoke, name="access_key_revoke"),
    path("logboek/inzage/", records.AccessRecordList.as_view(), name="access_record_list"),
    path("logboek/wijzigingen/", records.ChangeRecordList.as_view(), name="change_record_list"),
    path("logboek/geweigerd/", records.RefusedAttemptList.as_view(), name="refused_attempt_list"),
    path("demo/post/", demo.mail_list, name="demo_mail_list"),
    path("demo/post/<str:key>/", demo.mail_detail, name="demo_mail_detail"),
]
