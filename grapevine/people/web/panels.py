"""What people adds to the pages of the house."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.kit.pages import person_id_of
from grapevine.people import queries


def face(request: HttpRequest, **_: Any) -> str:
    """The signed-in person's face in the top bar."""
    person_id = person_id_of(request)
    card = queries.cards([person_id]).get(person_id) if person_id else None
    return render_to_string("people/_face.html", {"person": card}, request)
