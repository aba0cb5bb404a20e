from django.urls import path

from grapevine.kit.web import views

app_name = "kit"
urlpatterns = [
    path("kit/", views.gallery, name="gallery"),
    path("kit/console/", views.gallery_console, name="gallery_console"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("look/", views.look, name="look"),
    path("offline/", views.offline, name="offline"),
]
