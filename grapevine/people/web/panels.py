"""What people adds to the pages of the house."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.kit.pages import person_id_of
from grapevine.people import queries
from grapevine.people.contracts import PersonCard

CARD_SECONDS = 60


def _card(person_id: int) -> PersonCard | None:
    """The card, remembered for a minute by this process: the bar is on every page."""
    found: PersonCard | None = cache.get_or_set(
        f"people.face.{person_id}", lambda: queries.cards([person_id]).get(person_id), CARD_SECONDS
    )
    return found


def views(request: HttpRequest, **_: Any) -> str:
    """The views this person keeps of the list at this address, and a way to keep the present one."""
    person_id = person_id_of(request)
    if person_id is None:
        return ""
    words = request.GET.copy()
    words.pop("cursor", None)
    now = words.urlencode()
    kept = queries.saved_views(person_id, request.path)
    context = {"views": kept, "now": now, "is_kept": any(view.query == now for view in kept)}
    return render_to_string("people/_views.html", context, request)


def face(request: HttpRequest, **_: Any) -> str:
    """The signed-in person's face in the top bar."""
    person_id = person_id_of(request)
    card = _card(person_id) if person_id else None
    return render_to_string("people/_face.html", {"person": card}, request)
