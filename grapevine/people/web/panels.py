"""What people adds to the pages of the house."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from grapevine.kit.memory import Memory
from grapevine.kit.pages import person_id_of
from grapevine.people import queries

CARD_SECONDS = 60


FACES_MAX = 20_000
_faces: Memory[tuple[int, str], str] = Memory(FACES_MAX, CARD_SECONDS)
"""A person's own, as drawn, by language; the bar is on every page."""


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
    if person_id is None:
        return render_to_string("people/_face.html", {"person": None}, request)
    name = (person_id, get_language() or "")
    known = _faces.get(name)
    if known is None:
        card = queries.cards([person_id])[person_id]
        known = _faces.put(name, render_to_string("people/_face.html", {"person": card}, request))
    return known
