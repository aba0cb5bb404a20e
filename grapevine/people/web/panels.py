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


def face(request: HttpRequest, **_: Any) -> str:
    """The signed-in person's face in the top bar."""
    person_id = person_id_of(request)
    card = _card(person_id) if person_id else None
    return render_to_string("people/_face.html", {"person": card}, request)
