from django.urls import path

from grapevine.scene.web import compose, notes, reactions, reviewing

app_name = "scene"
urlpatterns = [
    path("note/new/", compose.compose, name="compose"),
    path("note/goods/", compose.goods_choices, name="goods_choices"),
    path("note/<str:public_id>/", notes.note, name="note"),
    path("note/<str:public_id>/edit/", compose.edit, name="edit"),
    path("note/<str:public_id>/deletion/", compose.deletion, name="deletion"),
    path("note/<str:public_id>/like/", reactions.like, name="like"),
    path("note/<str:public_id>/collect/", reactions.collect, name="collect"),
    path("note/<str:public_id>/comments/", reactions.comments, name="comments"),
    path("comments/<str:public_id>/deletion/", reactions.comment_deletion, name="uncomment"),
    path("topic/<str:name>/", notes.topic, name="topic"),
    path("operator/notes/", reviewing.queue, name="review"),
    path("operator/notes/<str:public_id>/decision/", reviewing.decision, name="decision"),
    path("notes/mine/", notes.mine, name="mine"),
]
