from django.urls import path

from grapevine.discovery.web import feeds, finding

app_name = "discovery"
urlpatterns = [
    path("", feeds.feed, name="feed"),
    path("search/", finding.search, name="search"),
    path("search/suggestions/", finding.suggestions, name="suggestions"),
    path("search/history/deletion/", finding.forgetting, name="forget_searches"),
]
