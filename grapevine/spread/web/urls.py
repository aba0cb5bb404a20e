from django.urls import path

from grapevine.spread.web import partners, views

app_name = "spread"
urlpatterns = [
    path("s/<str:token>/", views.landing, name="landing"),
    path("share/<str:object_type>/<str:object_id>/", views.share, name="share"),
    path("posters/<str:token>.png", views.poster_png, name="poster"),
    path("income/", views.income, name="income"),
    path("rules/sharing/", views.sharing_rules, name="rules"),
    path("console/<slug:slug>/promotion/", views.promotion, name="promotion"),
    path("console/<slug:slug>/partners/", partners.overview, name="partners"),
    path("console/<slug:slug>/partners/<str:cooperation_id>/", partners.answer, name="partner"),
]
