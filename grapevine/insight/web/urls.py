from django.urls import path

from grapevine.insight.web import views

app_name = "insight"
urlpatterns = [
    path("console/<slug:slug>/tree/", views.tree, name="tree"),
    path("console/<slug:slug>/cube/", views.cube, name="cube"),
    path("console/<slug:slug>/fans/", views.fans, name="fans"),
]
