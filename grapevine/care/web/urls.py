"""Pages of this module."""

from django.urls import path

from grapevine.care.web import credit, desk, oversight, reading, writing

app_name = "care"
urlpatterns = [
    path("goods/<str:public_id>/reviews/", reading.reviews, name="reviews"),
    path("reviews/<str:public_id>/", reading.review, name="review"),
    path("reviews/<str:public_id>/vote/", reading.vote, name="vote"),
    path("reviews/<str:public_id>/appeal/", reading.appeal, name="appeal"),
    path("reviews/<str:public_id>/edit/", writing.edit, name="edit"),
    path("reviews/<str:public_id>/follow-up/", writing.follow_up, name="follow_up"),
    path("orders/<str:number>/reviews/<int:position>/", writing.write, name="write"),
    path("orders/<str:number>/notes/<int:position>/", writing.show, name="show"),
    path("me/reviews/", writing.mine, name="mine"),
    path("rules/rating/", credit.method, name="method"),
    path("shop/<slug:slug>/credit/", credit.shop, name="credit"),
    path("console/<slug:slug>/reviews/", desk.desk, name="desk"),
    path("console/<slug:slug>/reviews.csv", desk.export, name="export"),
    path("console/<slug:slug>/reviews/<str:public_id>/reply/", desk.reply, name="reply"),
    path("console/<slug:slug>/rating/", desk.rating, name="desk_rating"),
    path("console/<slug:slug>/certificates/", desk.certificate, name="certificate"),
    path("operator/reviews/", oversight.queue, name="oversight"),
    path("operator/reviews/hiding/", oversight.hiding, name="hiding"),
    path("operator/reviews/flags/<str:public_id>/decision/", oversight.decision, name="decision"),
    path("operator/reviews/<str:public_id>/answer/", oversight.answer, name="answer"),
    path("operator/certificates/", oversight.certificates, name="certificates"),
    path("operator/certificates/<str:public_id>/decision/", oversight.certificate, name="check"),
]
