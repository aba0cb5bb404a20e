from django.urls import path

from grapevine.people.web import sessions, settings, views, views_kept, visits

app_name = "people"
urlpatterns = [
    path("signup/", views.sign_up, name="sign_up"),
    path("signin/", views.sign_in, name="sign_in"),
    path("signout/", views.sign_out, name="sign_out"),
    path("person/<str:handle>/", views.profile, name="profile"),
    path("person/<str:handle>/follow/", views.follow, name="follow"),
    path("person/<str:handle>/block/", views.block, name="block"),
    path("person/<str:handle>/followers/", views.followers, name="followers"),
    path("person/<str:handle>/followees/", views.followees, name="followees"),
    path("settings/", settings.overview, name="settings"),
    path("settings/sessions/", sessions.sessions, name="sessions"),
    path("settings/password/", settings.password, name="password"),
    path("settings/personalised/", settings.personalised, name="personalised"),
    path("settings/sharing/", settings.sharing, name="sharing"),
    path("settings/tokens/", settings.tokens, name="tokens"),
    path("settings/second-factor/", settings.second_factor, name="second_factor"),
    path("settings/export/", settings.export, name="export"),
    path("views/", views_kept.keep, name="views"),
    path("views/<int:view_id>/removal/", views_kept.removal, name="view_removal"),
    path("privacy/visits/", visits.visits, name="visits"),
    path("settings/closure/", settings.closure, name="closure"),
]
