from django.urls import path

from grapevine.loyalty.web import desk, views

app_name = "loyalty"
urlpatterns = [
    path("points/", views.points, name="points"),
    path("memberships/", views.memberships, name="memberships"),
    path("shop/<slug:slug>/membership/", views.membership, name="membership"),
    path("shop/<slug:slug>/membership/end/", views.end, name="end"),
    path("console/<slug:slug>/members/", desk.desk, name="desk"),
    path("console/<slug:slug>/members/<str:public_id>/price/", desk.price, name="price"),
]
