from django.urls import path

from grapevine.media.web import views

app_name = "media"
urlpatterns = [
    path("pictures/<str:public_id>/<int:width>.jpg", views.picture, name="picture"),
    path("videos/<str:public_id>.<str:ending>", views.video, name="video"),
]
