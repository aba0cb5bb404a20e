from django.urls import path

from grapevine.campaigns.web import desk, views

app_name = "campaigns"
urlpatterns = [
    path("groups/open/", views.open_page, name="open"),
    path("groups/<str:public_id>/", views.group, name="group"),
    path("groups/<str:public_id>/join/", views.join_page, name="join"),
    path("console/<slug:slug>/groups/", desk.desk, name="desk"),
    path("console/<slug:slug>/groups/<str:plan_id>/stop/", desk.stop, name="stop"),
]
