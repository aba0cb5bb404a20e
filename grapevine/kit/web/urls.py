from django.urls import path

from grapevine.kit.web import views

app_name = "kit"
urlpatterns = [
    path("kit/", views.gallery, name="gallery"),
    path("look/", views.look, name="look"),
    path("offline/", views.offline, name="offline"),
]
