"""The references: the least a Django view with a database can do. One row by its key, and twenty rows, as JSON."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from grapevine.goods.models import Goods
from grapevine.scene.models import Note

ROWS = 20


@require_GET
def row(request: HttpRequest, pk: int) -> JsonResponse:  # noqa: ARG001
    response = JsonResponse(Goods.objects.filter(pk=pk).values("id", "title", "price_minor").get())
    response["Content-Length"] = len(response.content)
    return response


@require_GET
def rows(request: HttpRequest, first: int) -> JsonResponse:  # noqa: ARG001
    """A list of twenty notes by their keys, in the plainest words of the ORM."""
    notes = Note.objects.filter(pk__gte=first).order_by("pk")[:ROWS]
    items = [
        {
            "public_id": note.public_id, "title": note.title, "likes": note.likes,
            "author_id": note.author_id, "published_at": note.published_at,
        }
        for note in notes
    ]  # fmt: skip
    response = JsonResponse({"items": items})
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("row/<int:pk>/", row), path("rows/<int:first>/", rows)]
