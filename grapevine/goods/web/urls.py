from django.urls import path

from grapevine.goods.web import audit, desk, staff, views

app_name = "goods"
urlpatterns = [
    path("goods/<str:public_id>/", views.goods, name="goods"),
    path("shops/new/", views.open_shop, name="open_shop"),
    path("shop/<slug:slug>/", views.shop, name="shop"),
    path("console/<slug:slug>/goods/", desk.desk, name="desk"),
    path("console/<slug:slug>/goods/new/", desk.new, name="new"),
    path("console/<slug:slug>/goods/<str:public_id>/", desk.edit, name="edit"),
    path("console/<slug:slug>/goods/<str:public_id>/shelf/", desk.shelf, name="shelf"),
    path("console/<slug:slug>/staff/", staff.desk, name="staff"),
    path("console/<slug:slug>/staff/<str:handle>/role/", staff.role, name="role"),
    path("console/<slug:slug>/staff/<str:handle>/removal/", staff.removal, name="removal"),
    path(
        "console/<slug:slug>/staff/invites/<str:public_id>/withdrawal/",
        staff.withdrawal,
        name="withdrawal",
    ),
    path("console/<slug:slug>/hand-over/", staff.hand_over, name="hand_over"),
    path("console/<slug:slug>/role/", staff.own_role, name="own_role"),
    path("console/<slug:slug>/audit/", audit.trail, name="audit"),
    path("operator/audit/", audit.operator_trail, name="operator_audit"),
    path("invitations/", staff.invitations, name="invitations"),
    path("invitations/<str:public_id>/", staff.answer, name="answer"),
    path("invitations/link/<str:token>/", staff.invite, name="invite"),
]
