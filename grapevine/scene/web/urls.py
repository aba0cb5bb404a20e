from django.urls import URLPattern

app_name = "scene"
urlpatterns: list[URLPattern] = []
