"""What a person does not want goes from the feeds they are scrolling: the places stay, so that cursors do, and nothing stands there."""

from grapevine.discovery.models import FeedSession, Trait


def strike_from_feeds(person_id: int, *, kind: str, key: str) -> None:
    """Two queries, and one for every feed of two days that has such a note. A feed that grew meanwhile is left as it is:
    what it grew by was made after the person's word."""
    sessions = list(FeedSession.objects.filter(person_id=person_id))
    note_ids = {place[0] for session in sessions for place in session.places}
    rows = Trait.objects.filter(kind=kind, key=key, note_id__in=note_ids)
    struck = set(rows.values_list("note_id", flat=True))
    for session in sessions:
        if any(place[0] in struck for place in session.places):
            places = [[0, *place[1:]] if place[0] in struck else place for place in session.places]
            FeedSession.objects.filter(pk=session.pk, size=session.size).update(places=places)
