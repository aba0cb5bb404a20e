from django.urls import path

from grapevine.campaigns.web import desk, promotions, views, wallet

app_name = "campaigns"
urlpatterns = [
    path("groups/open/", views.open_page, name="open"),
    path("groups/<str:public_id>/", views.group, name="group"),
    path("groups/<str:public_id>/join/", views.join_page, name="join"),
    path("coupons/", wallet.wallet, name="wallet"),
    path("coupons/<str:plan_id>/take/", wallet.take, name="take"),
    path("console/<slug:slug>/groups/", desk.desk, name="desk"),
    path("console/<slug:slug>/groups/<str:plan_id>/stop/", desk.stop, name="stop"),
    path("console/<slug:slug>/promotions/", promotions.overview, name="promotions"),
    path("console/<slug:slug>/promotions/coupons/new/", promotions.new_coupons, name="new_coupons"),
    path(
        "console/<slug:slug>/promotions/reductions/new/",
        promotions.new_reduction,
        name="new_reduction",
    ),
    path("console/<slug:slug>/promotions/flash/new/", promotions.new_flash_sale, name="new_flash"),
    path(
        "console/<slug:slug>/promotions/coupons/<str:public_id>/gifts/",
        promotions.give,
        name="give_coupons",
    ),
    path(
        "console/<slug:slug>/promotions/<str:kind>/<str:public_id>/stop/",
        promotions.stop,
        name="stop_promotion",
    ),
    path("operator/coupons/", promotions.platform_overview, name="platform_coupons"),
    path("operator/coupons/new/", promotions.new_platform_coupons, name="new_platform_coupons"),
    path(
        "operator/coupons/<str:public_id>/stop/",
        promotions.stop_platform,
        name="stop_platform_coupons",
    ),
]
