from django.urls import path

from grapevine.discovery.web import feeds, finding, models, operating, steering, tags

app_name = "discovery"
urlpatterns = [
    path("", feeds.feed, name="feed"),
    path("search/", finding.search, name="search"),
    path("search/suggestions/", finding.suggestions, name="suggestions"),
    path("search/history/deletion/", finding.forgetting, name="forget_searches"),
    path("operator/models/", models.models, name="models"),
    path("operator/models/filing/", models.filing, name="models_filing"),
    path("operator/models/<slug:model>/", models.model_page, name="model"),
    path("operator/models/<slug:model>/choice/", models.choose, name="model_choose"),
    path("operator/models/<slug:model>/release/", models.let_in, name="model_let_in"),
    path("privacy/tags/", tags.tags, name="tags"),
    path("privacy/tags/correction/", tags.correct, name="correct_tag"),
    path("steer/<slug:kind>/<slug:key>/", steering.thing, name="steer"),
    path("steer/<slug:kind>/<slug:key>/word/", steering.say, name="steer_word"),
    path("operator/feed/", operating.feed, name="operator_feed"),
    path("operator/feed/channel/", operating.channel, name="operator_channel"),
]
