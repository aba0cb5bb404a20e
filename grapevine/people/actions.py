"""Signing up and in, following, blocking, settings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password as hash_matches, make_password
from django.db import IntegrityError, transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id, new_token
from grapevine.kit.text import marked
from grapevine.people import access, ports, queries, rules
from grapevine.people.contracts import (
    Blocked,
    IdentifierTaken,
    NewPerson,
    NotWithYourself,
    PersonalisationSwitched,
    PersonBlocked,
    PersonFollowed,
    PersonSignedIn,
    PersonSignedOut,
    PersonSignedUp,
    PersonUnfollowed,
    SessionNotFound,
    TooManyViews,
    WrongPassword,
)
from grapevine.people.models import (
    Block,
    Follow,
    Person,
    RecoveryCode,
    SavedView,
    SecondFactor,
    Session,
    Token,
)
from grapevine.signals import facade as signals
from grapevine.signals.contracts import BOTH, SERVICE

ATTEMPTS_PER_MINUTE = 10
BATCH = 1000
USED_EVERY = timedelta(minutes=10)
VIEWS_MAX = 20
VIEW_NAME_MAX, PLACE_MAX, QUERY_MAX = 20, 120, 400
EDITABLE = ("name", "bio", "region", "avatar_id", "personalised", "shares_purchases")


def sign_up(
    *, identifier: str, password: str, name: str, visitor_id: str = "", is_recognised: bool = True
) -> int:
    """Make an account and return its id.

    Raises BadIdentifier, WeakPassword, BadInput (no name) or IdentifierTaken.
    """
    known = rules.read_identifier(identifier)
    rules.check_password(password, identifier=known)
    shown = rules.clean_name(name)
    if not shown:
        raise BadInput(fields={"name": marked("怎么称呼你")})
    person = Person(
        handle=new_id(),
        name=shown,
        phone=known.phone,
        email=known.email,
        joined_at=clock.now(),
        password=make_password(password),
        **access.index_of(known),
    )
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            consent = BOTH if is_recognised else SERVICE
            signals.emit(
                PersonSignedUp(person.pk, visitor_id, person.joined_at.isoformat(), consent)
            )
    except IntegrityError:
        raise IdentifierTaken from None
    return person.pk


def authenticate(identifier: str, password: str, *, address: str = "") -> int:
    """The id of the person these belong to, or WrongPassword; the same answer, and the same work, for an unknown one."""
    known = rules.read_identifier(identifier)
    guard.limit(f"sign-in:{known.phone or known.email}", per_minute=ATTEMPTS_PER_MINUTE)
    if address:
        guard.limit(f"sign-in-from:{address}", per_minute=ATTEMPTS_PER_MINUTE * 6)
    person = access.person_by_identifier(known)
    if person is None:
        make_password(password)
        raise WrongPassword
    if not hash_matches(password, person.password):
        raise WrongPassword
    return person.pk


def require_password(person_id: int, password: str) -> None:
    """Ask somebody who is signed in for their password again, before what cannot be undone. Raises WrongPassword."""
    guard.limit(f"password-again:{person_id}", per_minute=ATTEMPTS_PER_MINUTE)
    if not hash_matches(password, access.person_by_id(person_id).password):
        raise WrongPassword


@transaction.atomic
def note_sign_in(*, person_id: int, visitor_id: str, is_recognised: bool = True) -> None:
    """Tell the house who this visitor is, so that what they did before counts as theirs, if they consent."""
    consent = BOTH if is_recognised and queries.personalised(person_id) else SERVICE
    signals.emit(PersonSignedIn(person_id, visitor_id, clock.now().isoformat(), consent))


@transaction.atomic
def note_sign_out(*, person_id: int, visitor_id: str) -> None:
    """Tell the house that this browser is nobody's again."""
    signals.emit(PersonSignedOut(person_id, visitor_id, clock.now().isoformat()))


def issue_token(person_id: int, name: str) -> str:
    """A new bearer token; this is the only time it is seen."""
    token = new_token() + new_token()
    Token.objects.create(
        person_id=person_id,
        name=name[:40],
        digest=access.token_digest(token),
        created_at=clock.now(),
    )
    return token


def use_token(token: str) -> Person | None:
    found = access.live_token(token)
    if found is None:
        return None
    (pk, used_at, person), now = found, clock.now()
    if used_at is None or now - used_at > USED_EVERY:
        Token.objects.filter(pk=pk).update(used_at=now)
    return person


def revoke_token(*, person_id: int, token_id: int | None = None, token: str = "") -> None:
    mine = Token.objects.filter(person_id=person_id)
    (
        mine.filter(pk=token_id) if token_id else mine.filter(digest=access.token_digest(token))
    ).delete()


def end_session(*, person_id: int, session_id: str) -> None:
    """End one of one's own sessions: that browser's next request is a stranger's. Raises SessionNotFound."""
    rows = access.live_sessions(person_id)
    keys = [row.session_key for row in rows if access.session_id(row.session_key) == session_id]
    if not Session.objects.filter(session_key__in=keys, person_id=person_id).delete()[0]:
        raise SessionNotFound(session_id)


@transaction.atomic
def end_sessions(*, person_id: int, but_key: str = "") -> None:
    """End every session and token, but for the session with this key."""
    Session.objects.filter(person_id=person_id).exclude(session_key=but_key).delete()
    Token.objects.filter(person_id=person_id).delete()


def change_password(*, person_id: int, old: str, new: str) -> None:
    """Set a new password and end every other session and token."""
    person = access.person_by_id(person_id)
    if not hash_matches(old, person.password):
        raise WrongPassword
    rules.check_password(new, identifier=rules.Identifier(phone=person.phone, email=person.email))
    with transaction.atomic():
        person.password = make_password(new)
        person.save(update_fields=["password"])
        Token.objects.filter(person_id=person_id).delete()


def edit_profile(*, person_id: int, changes: Mapping[str, object]) -> None:
    """Change name, bio, region, avatar_id, personalised or shares_purchases; unknown keys are passed over."""
    person = access.person_by_id(person_id)
    given = {key: value for key, value in changes.items() if key in EDITABLE}
    if "name" in given:
        given["name"] = rules.clean_name(str(given["name"]))
        if not given["name"]:
            raise BadInput(fields={"name": marked("怎么称呼你")})
    for key, most in (("bio", 200), ("region", 40)):
        if key in given and len(str(given[key])) > most:
            raise BadInput(fields={key: marked("太长了，精简一点")})
    for key, value in given.items():
        setattr(person, key, value)
    switched = given.pop("personalised", None)
    if switched is not None:
        set_personalised(person_id, on=bool(switched))
    if given:
        person.save(update_fields=list(given))


@transaction.atomic
def set_personalised(person_id: int, *, on: bool) -> None:
    """Counts from the next request on. Switching to what it is already tells nobody."""
    if Person.objects.filter(pk=person_id, personalised=not on).update(personalised=on):
        signals.emit(PersonalisationSwitched(person_id, on, clock.now().isoformat()))


def set_sharing(person_id: int, *, on: bool) -> None:
    """Whether friends may see by name what this person bought; counts from the next request on."""
    Person.objects.filter(pk=person_id).update(shares_purchases=on)


@transaction.atomic
def follow(*, person_id: int, other_id: int) -> None:
    """Follow; following twice is following once. Refused across a block."""
    if person_id == other_id:
        raise NotWithYourself
    if Block.objects.filter(
        person_id__in=[person_id, other_id], other_id__in=[person_id, other_id]
    ).exists():
        raise Blocked
    now = clock.now()
    _, made = Follow.objects.get_or_create(
        person_id=person_id, followee_id=access.person_by_id(other_id).pk, defaults={"at": now}
    )
    if made:
        signals.emit(PersonFollowed(person_id, other_id, now.isoformat()))


@transaction.atomic
def unfollow(*, person_id: int, other_id: int) -> None:
    gone, _ = Follow.objects.filter(person_id=person_id, followee_id=other_id).delete()
    if gone:
        signals.emit(PersonUnfollowed(person_id, other_id, clock.now().isoformat()))


@transaction.atomic
def block(*, person_id: int, other_id: int) -> None:
    """Block; follows between the two end both ways."""
    if person_id == other_id:
        raise NotWithYourself
    now = clock.now()
    _, made = Block.objects.get_or_create(
        person_id=person_id, other_id=access.person_by_id(other_id).pk, defaults={"at": now}
    )
    unfollow(person_id=person_id, other_id=other_id)
    unfollow(person_id=other_id, other_id=person_id)
    if made:
        signals.emit(PersonBlocked(person_id, other_id, now.isoformat()))


def unblock(*, person_id: int, other_id: int) -> None:
    Block.objects.filter(person_id=person_id, other_id=other_id).delete()


@transaction.atomic
def save_view(*, person_id: int, place: str, name: str, query: str) -> None:
    """Keep how a list is narrowed, under a name; the same name is overwritten. Raises BadInput or TooManyViews."""
    wrong = {}
    if not 1 <= len(name.strip()) <= VIEW_NAME_MAX:
        wrong["name"] = marked("给视图起个名字，二十个字以内")
    if (
        not place.startswith("/")
        or place.startswith("//")
        or len(place) > PLACE_MAX
        or len(query) > QUERY_MAX
    ):
        wrong["query"] = marked("这个筛选存不了")
    if wrong:
        raise BadInput(fields=wrong)
    mine = SavedView.objects.filter(person_id=person_id, place=place)
    if mine.exclude(name=name.strip()).count() >= VIEWS_MAX:
        raise TooManyViews(most=VIEWS_MAX)
    SavedView.objects.update_or_create(
        person_id=person_id, place=place, name=name.strip(), defaults={"query": query}
    )


def forget_view(*, person_id: int, view_id: int) -> None:
    SavedView.objects.filter(pk=view_id, person_id=person_id).delete()


def erase(*, person_id: int, password: str) -> None:
    """Close the account for good: name and contacts go, what others need (orders) stays nameless.

    All or nothing: where a keeper refuses (an order is under way), everything is as it was.
    """
    person = access.person_by_id(person_id)
    if not hash_matches(password, person.password):
        raise WrongPassword
    with transaction.atomic():
        _erase(person_id)


def _erase(person_id: int) -> None:
    ports.erase_elsewhere(person_id)
    Follow.objects.filter(person_id=person_id).delete()
    Follow.objects.filter(followee_id=person_id).delete()
    Block.objects.filter(person_id=person_id).delete()
    Token.objects.filter(person_id=person_id).delete()
    SavedView.objects.filter(person_id=person_id).delete()
    SecondFactor.objects.filter(person_id=person_id).delete()
    RecoveryCode.objects.filter(person_id=person_id).delete()
    end_sessions(person_id=person_id)
    Person.objects.filter(pk=person_id).update(
        handle=f"gone-{new_id()}", name=marked("已注销"), phone="", phone_index=None, email="",
        email_index=None, avatar_id=None, bio="", region="", password=make_password(None),
        shares_purchases=False, erased_at=clock.now(),
    )  # fmt: skip


def save_people_bulk(rows: Sequence[NewPerson]) -> list[int]:
    """Insert people and return their ids in order; a handle, phone or e-mail in use raises IntegrityError."""
    unusable = make_password(None)
    made = []
    for row in rows:
        phone = rules.read_identifier(row.phone).phone if row.phone else ""
        email = rules.read_identifier(row.email).email if row.email else ""
        person = Person(
            handle=row.handle or new_id(),
            name=rules.clean_name(row.name) or row.handle,
            region=row.region[:40],
            bio=row.bio[:200],
            avatar_id=row.avatar_id,
            is_operator=row.is_operator,
            phone=phone,
            email=email,
            joined_at=row.joined_at or clock.now(),
            password=make_password(row.password) if row.password else unusable,
        )
        if phone:
            person.phone_index = access.index_of(rules.Identifier(phone=phone))["phone_index"]
        if email:
            person.email_index = access.index_of(rules.Identifier(email=email))["email_index"]
        made.append(person)
    Person.objects.bulk_create(made, batch_size=BATCH)
    return [person.pk for person in made]


def save_follows_bulk(
    pairs: Sequence[tuple[int, int]], *, moments: Sequence[datetime] | None = None
) -> int:
    """Insert (person, followee) pairs that are not there yet; returns how many pairs were given.

    `moments` says since when, pair by pair; now where it is left out.
    """
    since = moments or [clock.now()] * len(pairs)
    rows = [
        Follow(person_id=person_id, followee_id=followee_id, at=at)
        for (person_id, followee_id), at in zip(pairs, since, strict=True)
        if person_id != followee_id
    ]
    Follow.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def forget_sessions() -> int:
    """Sessions go when their time is over: who was signed in, where, in which browser."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]
