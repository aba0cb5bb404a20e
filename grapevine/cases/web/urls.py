"""Pages of this module."""

from django.urls import path

from grapevine.cases.web import views

app_name = "cases"
urlpatterns = [
    path("jury/", views.juries, name="juries"),
    path("jury/volunteering/", views.volunteering, name="volunteering"),
    path("jury/<str:public_id>/", views.jury, name="jury"),
    path("jury/<str:public_id>/pictures/<str:picture_id>.jpg", views.picture, name="picture"),
    path("after-sales/<str:number>/jury/", views.of_buyer, name="of_buyer"),
    path("console/<slug:slug>/after-sales/<str:number>/jury/", views.of_shop, name="of_shop"),
    path("operator/disputes/<str:number>/jury/", views.offer, name="offer"),
]
