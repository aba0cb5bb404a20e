"""Reads about people. Query counts: `cards` 2 (people, pictures), the others 1 unless they say."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from grapevine.kit import sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media
from grapevine.people import access
from grapevine.people.contracts import (
    PersonCard,
    PersonNotFound,
    Profile,
    SavedViewCard,
    SessionView,
    TokenView,
)
from grapevine.people.models import Block, Follow, Person, SavedView, Token

FOLLOWEES_MAX = 2000
PART = 900
OPERATORS_MAX = 1000
LEADERS_MAX = 100_000


def _cards(people: Sequence[Person]) -> list[PersonCard]:
    pictures = media.pictures([person.avatar_id for person in people if person.avatar_id])
    return [
        PersonCard(
            id=person.pk,
            handle=person.handle,
            name=person.name,
            avatar=pictures[person.avatar_id].url if person.avatar_id in pictures else "",
            bio=person.bio,
            region=person.region,
            joined_at=person.joined_at,
        )
        for person in people
    ]


def cards(ids: Iterable[int]) -> dict[int, PersonCard]:
    """Cards by id, also of closed accounts (they say so); unknown ids are left out. Two queries."""
    found = list(Person.objects.filter(pk__in=set(ids)))
    return {card.id: card for card in _cards(found)}


def card_by_handle(handle: str) -> PersonCard:
    return _cards([access.person_by_handle(handle)])[0]


def profile(handle: str, *, viewer_id: int | None = None) -> Profile:
    """A person's page for this viewer; whoever is blocked by them finds nobody. Six queries."""
    person = card_by_handle(handle)
    follows = Follow.objects.filter(person_id=viewer_id or 0, followee_id=person.id)
    blocks = Block.objects.filter(person_id=viewer_id or 0, other_id=person.id)
    if viewer_id and Block.objects.filter(person_id=person.id, other_id=viewer_id).exists():
        raise PersonNotFound(handle)
    return Profile(
        person=person,
        followers=Follow.objects.filter(followee_id=person.id).count(),
        followees=Follow.objects.filter(person_id=person.id).count(),
        following=bool(viewer_id) and follows.exists(),
        blocking=bool(viewer_id) and blocks.exists(),
    )


FOLLOWED = """
SELECT * FROM (
    SELECT 'followed' AS what, followee_id AS who, 1 AS number
    FROM people_follow WHERE person_id = %s ORDER BY id DESC LIMIT %s
) AS followed
"""


def followee_ids(person_id: int) -> list[int]:
    """Whom this person follows, newest first, at most 2,000."""
    rows = Follow.objects.filter(person_id=person_id).order_by("-id")
    return list(rows.values_list("followee_id", flat=True)[:FOLLOWEES_MAX])


def followed_part(person_id: int) -> sql.Part:
    """The same to be asked along: rows (followed, whom, 1)."""
    return sql.Part(FOLLOWED, (person_id, FOLLOWEES_MAX))


def follower_ids(person_id: int) -> list[int]:
    rows = Follow.objects.filter(followee_id=person_id).order_by("-id")
    return list(rows.values_list("person_id", flat=True)[:FOLLOWEES_MAX])


def well_followed(least: int) -> list[int]:
    """Who has at least so many followers; at most 100,000 people. One query."""
    rows = Follow.objects.values("followee_id").annotate(followers=Count("id"))
    found = rows.filter(followers__gte=least).order_by("followee_id")
    return list(found.values_list("followee_id", flat=True)[:LEADERS_MAX])


def unfollowed(ids: Iterable[int]) -> set[int]:
    """Those of `ids` whom nobody follows. One query."""
    mine = set(ids)
    followed = Follow.objects.filter(followee_id__in=mine).values_list("followee_id", flat=True)
    return mine - set(followed.distinct().order_by())


def follow_page(
    person_id: int, *, followers: bool, cursor: str | None = None, limit: int | None = None
) -> Page[PersonCard]:
    size = clamp(limit)
    mine, other = ("followee_id", "person_id") if followers else ("person_id", "followee_id")
    rows = Follow.objects.filter(**{mine: person_id}).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    pairs = list(rows.values_list("pk", other)[: size + 1])
    known = cards([other_id for _, other_id in pairs[:size]])
    more = encode_cursor(pairs[size - 1][0]) if len(pairs) > size else None
    return Page([known[other_id] for _, other_id in pairs[:size] if other_id in known], more)


def is_following(person_id: int, other_ids: Iterable[int]) -> set[int]:
    rows = Follow.objects.filter(person_id=person_id, followee_id__in=set(other_ids))
    return set(rows.values_list("followee_id", flat=True))


BLOCKED = """
SELECT other_id FROM people_block WHERE person_id = %s
UNION ALL SELECT person_id FROM people_block WHERE other_id = %s
"""


def blocked_ids(person_id: int) -> set[int]:
    """Everybody on the other side of a block, whoever set it."""
    return {other for (other,) in sql.rows(BLOCKED, [person_id, person_id])}


FOLLOW_MARK = """
SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) FROM people_follow WHERE person_id = %s
"""


def follow_aside(person_id: int) -> sql.Aside:
    """Changes whenever this person follows somebody, or no longer."""
    return sql.Aside(FOLLOW_MARK, (person_id,))


def tied_by_follow(ids: Iterable[int], others: Iterable[int]) -> set[int]:
    """Those of `ids` who follow, are followed by, block or are blocked by any of `others`. Two queries."""
    mine, theirs = set(ids), set(others)
    found: set[int] = set()
    for model, (a, b) in (
        (Follow, ("person_id", "followee_id")),
        (Block, ("person_id", "other_id")),
    ):
        either = Q(**{f"{a}__in": mine, f"{b}__in": theirs}) | Q(
            **{f"{a}__in": theirs, f"{b}__in": mine}
        )
        pairs = model.objects.filter(either).values_list(a, b)
        found |= {one for pair in pairs for one in pair}
    return found & mine


def accounts(ids: Iterable[int]) -> dict[int, tuple[datetime, bool]]:
    """When each account was opened, and whether it is an operator's; closed ones are left out. One query."""
    rows = Person.objects.filter(pk__in=set(ids), erased_at=None)
    return {
        pk: (joined, operates)
        for pk, joined, operates in rows.values_list("pk", "joined_at", "is_operator")
    }


def personalised(person_id: int) -> bool:
    return Person.objects.filter(pk=person_id, personalised=True).exists()


def region_of(person_id: int) -> str:
    """Where the person says they are; "" if they do not."""
    rows = Person.objects.filter(pk=person_id).values_list("region", flat=True)
    return rows.first() or ""


def not_personalised(ids: Iterable[int]) -> set[int]:
    """Those of these people of whom nothing may be learned: the switch is off, or the account is closed. A query for each 900."""
    wanted, found = sorted(set(ids)), set()
    for at in range(0, len(wanted), PART):
        rows = Person.objects.filter(pk__in=wanted[at : at + PART])
        off = rows.filter(Q(personalised=False) | Q(erased_at__isnull=False))
        found |= set(off.values_list("pk", flat=True))
    return found


def shares_purchases(person_id: int) -> bool:
    return Person.objects.filter(pk=person_id, shares_purchases=True).exists()


def friends_to_learn_from(person_id: int, ids: Iterable[int]) -> dict[int, str]:
    """Those of these people whose acts may be used for this person; the name where they let friends know what they bought.

    Left out: whoever switched personalisation off, closed the account, or is blocked either way. One query.
    """
    rows = Person.objects.filter(pk__in=set(ids), personalised=True, erased_at=None)
    ours = Block.objects.filter(person=person_id, other=OuterRef("pk"))
    theirs = Block.objects.filter(person=OuterRef("pk"), other=person_id)
    known = rows.exclude(Exists(ours)).exclude(Exists(theirs))
    told = known.values_list("pk", "name", "shares_purchases")
    return {pk: name if shares else "" for pk, name, shares in told}


def followers_since(person_id: int) -> dict[int, datetime]:
    """Everybody who follows this person, and since when. One query."""
    return dict(Follow.objects.filter(followee_id=person_id).values_list("person_id", "at"))


def operator_ids() -> list[int]:
    rows = Person.objects.filter(is_operator=True, erased_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:OPERATORS_MAX])


def is_operator(person_id: int) -> bool:
    return Person.objects.filter(pk=person_id, is_operator=True, erased_at=None).exists()


def tokens(person_id: int) -> list[TokenView]:
    rows = Token.objects.filter(person_id=person_id).order_by("-id")[:50]
    return [TokenView(row.pk, row.name, row.created_at, row.used_at) for row in rows]


def sessions(person_id: int, current_key: str = "") -> list[SessionView]:
    """Where a person is signed in, the newest first."""
    return [
        SessionView(
            access.session_id(row.session_key), row.device, row.started_at,
            row.session_key == current_key,
        )
        for row in access.live_sessions(person_id)
    ]  # fmt: skip


def people_page(
    *, query: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[PersonCard]:
    """Everybody, newest first, for operators; `query` matches name or handle."""
    size = clamp(limit)
    rows = Person.objects.filter(erased_at=None).order_by("-id")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(handle__icontains=query))
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_cards(found[:size]), more)


def saved_views(person_id: int, place: str) -> list[SavedViewCard]:
    rows = SavedView.objects.filter(person_id=person_id, place=place).order_by("id")
    return [SavedViewCard(*row) for row in rows.values_list("id", "name", "query")]


def own_data(person_id: int) -> dict[str, object]:
    """Everything this module holds of a person, for their export."""
    person = access.person_by_id(person_id)
    return {
        "handle": person.handle,
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "bio": person.bio,
        "region": person.region,
        "personalised": person.personalised,
        "shares_purchases": person.shares_purchases,
        "joined_at": person.joined_at.isoformat(),
        "saved_views": list(
            SavedView.objects.filter(person=person).values("place", "name", "query")
        ),
        "follows": [card.handle for card in cards(followee_ids(person_id)).values()],
        "followers": [card.handle for card in cards(follower_ids(person_id)).values()],
    }


def mail_address(person_id: int) -> str:
    """Where a person gets letters; "" without one, or once the account is closed."""
    row = Person.objects.filter(pk=person_id, erased_at=None).first()
    return row.email if row else ""


def avatars_among(ids: Collection[int]) -> set[int]:
    """Which of these pictures are somebody's avatar."""
    rows = Person.objects.filter(avatar_id__in=ids).values_list("avatar_id", flat=True)
    return {pk for pk in rows if pk}
