from django.urls import path

from grapevine.front.web import consoles, privacy, views

app_name = "front"
urlpatterns = [
    path("settings/privacy/", privacy.privacy, name="privacy"),
    path("me/", views.me_page, name="me"),
    path("console/", consoles.chooser, name="consoles"),
    path("console/<slug:slug>/", consoles.today, name="console"),
    path("operator/", consoles.operator_people, name="operator"),
    path("operator/shops/", consoles.operator_shops, name="operator_shops"),
    path("operator/reports/", consoles.operator_reports, name="operator_reports"),
]
