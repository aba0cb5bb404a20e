from django.urls import path

from grapevine.goods.web import desk, views

app_name = "goods"
urlpatterns = [
    path("goods/<str:public_id>/", views.goods, name="goods"),
    path("shops/new/", views.open_shop, name="open_shop"),
    path("shop/<slug:slug>/", views.shop, name="shop"),
    path("console/<slug:slug>/goods/", desk.desk, name="desk"),
    path("console/<slug:slug>/goods/new/", desk.new, name="new"),
    path("console/<slug:slug>/goods/<str:public_id>/", desk.edit, name="edit"),
    path("console/<slug:slug>/goods/<str:public_id>/shelf/", desk.shelf, name="shelf"),
]
