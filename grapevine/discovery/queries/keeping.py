"""What the feed keeps of a person, for their export."""

from typing import Any

from grapevine.discovery.models import Bond, Browser, Phrase, Reaction, Shown
from grapevine.people import facade as people
from grapevine.scene import facade as scene


def own_feed(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Words used to choose for them, what they saw within thirty days, their reactions of three, and their ties."""
    shown = list(Shown.objects.filter(person_id=person_id).order_by("id"))
    told = list(Reaction.objects.filter(person_id=person_id).order_by("id"))
    bonds = list(Bond.objects.filter(person_id=person_id).order_by("id"))
    notes = scene.note_cards({row.note_id for row in shown} | {row.note_id for row in told})
    cards = people.cards({bond.other_id for bond in bonds})
    public = {pk: card.public_id for pk, card in notes.items()}
    handles = {pk: card.handle for pk, card in cards.items()}
    return {
        "words": [
            {"word": word, "weight": round(weight, 3)}
            for word, weight in Phrase.objects.filter(person_id=person_id)
            .order_by("-weight", "word").values_list("word", "weight")
        ],
        "seen": [
            {
                "note": public.get(row.note_id, ""), "channel": row.channel, "place": row.place,
                "at": row.at.isoformat(), "opened": row.clicked_at is not None,
            }
            for row in shown
        ],
        "reactions": [
            {"note": public.get(row.note_id, ""), "act": row.act, "at": row.at.isoformat()}
            for row in told
        ],
        "ties": [
            {"person": handles.get(row.other_id, ""), "kind": row.kind, "times": row.times}
            for row in bonds
        ],
        "browsers": [
            {"at": at.isoformat()}
            for at in Browser.objects.filter(person_id=person_id).order_by("id").values_list("at", flat=True)
        ],
    }  # fmt: skip
