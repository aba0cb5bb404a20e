from django.urls import path

from grapevine.insight.web import pricing, slow, views

app_name = "insight"
urlpatterns = [
    path("console/<slug:slug>/tree/", views.tree, name="tree"),
    path("console/<slug:slug>/cube/", views.cube, name="cube"),
    path("console/<slug:slug>/fans/", views.fans, name="fans"),
    path("console/<slug:slug>/pricing/", pricing.page, name="pricing"),
    path("console/<slug:slug>/pricing/<str:batch>/undoing/", pricing.undo, name="price_undo"),
    path("console/<slug:slug>/slow/", slow.slow, name="slow"),
    path("console/<slug:slug>/slow/drafts/", slow.draft, name="slow_draft"),
    path("console/<slug:slug>/slow/drafts/<str:public_id>/", slow.decide, name="slow_decide"),
]
