"""A person's own search history."""

from grapevine.discovery.models import SearchTerm
from grapevine.discovery.rules.words import QUERY_LENGTH_MAX
from grapevine.kit import clock

TERMS_KEPT = 50


def remember_search(*, person_id: int, query: str) -> None:
    """Keep what was searched for, once, newest first; the oldest beyond fifty go."""
    text = " ".join(query.split())[:QUERY_LENGTH_MAX]
    if not text:
        return
    SearchTerm.objects.update_or_create(
        person_id=person_id, query=text, defaults={"at": clock.now()}
    )
    rows = SearchTerm.objects.filter(person_id=person_id).order_by("-at", "-id")
    old = list(rows.values_list("id", flat=True)[TERMS_KEPT : TERMS_KEPT + 50])
    SearchTerm.objects.filter(pk__in=old).delete()


def forget_searches(*, person_id: int, query: str = "") -> None:
    """Drop one search, or all of them."""
    rows = SearchTerm.objects.filter(person_id=person_id)
    (rows.filter(query=query) if query else rows).delete()
