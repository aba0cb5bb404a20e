"""The reference: the least a Django view with a database can do. One row by its key, as JSON."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from grapevine.goods.models import Goods


@require_GET
def row(request: HttpRequest, pk: int) -> JsonResponse:  # noqa: ARG001
    response = JsonResponse(Goods.objects.filter(pk=pk).values("id", "title", "price_minor").get())
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("row/<int:pk>/", row)]
