from django.urls import path

from grapevine.reach.web import views

app_name = "reach"
urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/count/", views.count, name="count"),
    path("notices/reading/", views.read_all, name="read_all"),
    path("notices/settings/", views.settings, name="settings"),
    path("notices/<str:public_id>/", views.go, name="go"),
    path("console/<slug:slug>/notices/", views.desk, name="desk"),
    path("console/<slug:slug>/notices/reading/", views.desk_read_all, name="desk_read_all"),
]
