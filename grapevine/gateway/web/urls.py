from django.urls import path

from grapevine.gateway.web import apps, desk, machines

app_name = "gateway"
urlpatterns = [
    path("console/<slug:slug>/open/", desk.desk, name="desk"),
    path("console/<slug:slug>/open/keys/", desk.new_key, name="new_key"),
    path("console/<slug:slug>/open/keys/<str:public_id>/revocation/", desk.revoke_key, name="revoke_key"),
    path("console/<slug:slug>/open/webhooks/", desk.new_webhook, name="new_webhook"),
    path("console/<slug:slug>/open/webhooks/<str:public_id>/", desk.webhook, name="webhook"),
    path("settings/apps/", apps.installed, name="installed"),
    path("settings/apps/<int:installation_id>/removal/", apps.uninstall, name="uninstall"),
    path("settings/developer/", apps.developer, name="developer"),
    path("settings/developer/<str:client_id>/", apps.developed, name="developed"),
    path("oauth/authorize", apps.authorize, name="authorize"),
    path("oauth/token", machines.token, name="token"),
    path("oauth/revoke", machines.revocation, name="revocation"),
    path(".well-known/oauth-authorization-server", machines.discovery, name="discovery"),
]  # fmt: skip
