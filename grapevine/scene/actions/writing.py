"""Writing, publishing, editing and deleting a note."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.guard.contracts import Outcome
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.scene import rules
from grapevine.scene.access import note_for_author
from grapevine.scene.contracts import (
    Dot,
    NoteCard,
    NoteChanged,
    NoteDeleted,
    NoteIncomplete,
    NoteNotFound,
    NotePublished,
    NoteRefused,
    NoteState,
)
from grapevine.scene.models import Note, NoteGoods, NotePicture, NoteTopic, Topic
from grapevine.scene.queries.cards import cards_of
from grapevine.scene.queries.reading import goods_ids_of, topics_of
from grapevine.signals import facade as signals


def publish_note(
    *,
    author_id: int,
    title: str,
    body: str = "",
    topics: Sequence[str] = (),
    picture_ids: Sequence[int] = (),
    goods_public_ids: Sequence[str] = (),
    dots: Mapping[str, Dot] | None = None,
    region: str = "",
    sponsored: bool = False,
) -> NoteCard:
    """Write a note and publish it, or send it to review where the screening asks for eyes.

    Raises NoteIncomplete (which inputs) or NoteRefused (which words); then nothing is kept.
    """
    with transaction.atomic():
        public_id = save_draft(
            author_id=author_id, title=title, body=body, topics=topics, picture_ids=picture_ids,
            goods_public_ids=goods_public_ids, dots=dots, region=region, sponsored=sponsored,
        )  # fmt: skip
        return publish_draft(author_id=author_id, public_id=public_id)


@transaction.atomic
def save_draft(
    *,
    author_id: int,
    title: str = "",
    body: str = "",
    topics: Sequence[str] = (),
    picture_ids: Sequence[int] = (),
    goods_public_ids: Sequence[str] = (),
    dots: Mapping[str, Dot] | None = None,
    region: str = "",
    sponsored: bool = False,
) -> str:
    """Keep an unfinished note that only its author sees; returns its public id.

    `region` is the author's own unless given. `sponsored`: the author says that it is promotion.
    """
    note = Note.objects.create(
        author_id=author_id,
        title=rules.clean_title(title)[: rules.TITLE_MAX],
        body=rules.clean_body(body)[: rules.BODY_MAX],
        region=region or people.cards([author_id])[author_id].region,
        sponsored=sponsored,
        created_at=clock.now(),
    )
    _set_pictures(note, picture_ids)
    _set_topics(note, topics)
    _set_goods(note, goods_public_ids, dots or {})
    return note.public_id


@transaction.atomic
def publish_draft(*, author_id: int, public_id: str) -> NoteCard:
    """Screen a draft and let it out. A published note stays as it is."""
    note = note_for_author(public_id, author_id, lock=True)
    if note.state == NoteState.DRAFT:
        count = NotePicture.objects.filter(note=note).count()
        wrong = rules.wrong_parts(title=note.title, body=note.body, picture_count=count)
        if wrong:
            raise NoteIncomplete(fields=wrong)
        _enter(note, _screened(note))
    return cards_of([note])[0]


@transaction.atomic
def edit_note(
    *,
    author_id: int,
    public_id: str,
    title: str | None = None,
    body: str | None = None,
    topics: Sequence[str] | None = None,
    picture_ids: Sequence[int] | None = None,
    alts: Sequence[str] | None = None,
    goods_public_ids: Sequence[str] | None = None,
    dots: Mapping[str, Dot] | None = None,
    sponsored: bool | None = None,
) -> NoteCard:
    """Change what is given, leave the rest. A note that is out is screened again.

    A note that no longer passes goes back to review and is gone from every list until released.
    """
    note = note_for_author(public_id, author_id, lock=True)
    if title is not None:
        note.title = rules.clean_title(title)
    if body is not None:
        note.body = rules.clean_body(body)
    if sponsored is not None:
        note.sponsored = sponsored
    if picture_ids is not None:
        _set_pictures(note, picture_ids, alts or ())
    if goods_public_ids is not None:
        _set_goods(note, goods_public_ids, dots or {})
    before = topics_of([note.pk]).get(note.pk, [])
    if topics is not None:
        _set_topics(note, topics)
    _check_edited(note)
    note.version += 1
    note.save(update_fields=["title", "body", "sponsored", "version"])
    if note.state != NoteState.DRAFT:
        _enter(note, _screened(note), topics_before=before)
    return cards_of([note])[0]


def _check_edited(note: Note) -> None:
    """A draft may be unfinished, but never longer than a note can be."""
    count = NotePicture.objects.filter(note=note).count()
    wrong = rules.wrong_parts(title=note.title, body=note.body, picture_count=count)
    if note.state == NoteState.DRAFT:
        wrong = rules.wrong_parts(title=note.title or "-", body=note.body, picture_count=count or 1)
    if wrong:
        raise NoteIncomplete(fields=wrong)


@transaction.atomic
def delete_note(*, author_id: int, public_id: str) -> None:
    """Take the note away for good, with its likes, collects and comments."""
    note = note_for_author(public_id, author_id, lock=True)
    if note.state == NoteState.PUBLISHED:
        _leave(note, topics_of([note.pk]).get(note.pk, []))
    note.delete()


@transaction.atomic
def release_note(*, moderator_id: int, public_id: str) -> NoteCard:
    """A moderator lets a note out of review; written to the audit log."""
    note = Note.objects.select_for_update().filter(public_id=public_id).first()
    if note is None or note.state != NoteState.REVIEW:
        raise NoteNotFound
    guard.audit(
        actor_id=moderator_id,
        action="scene.release_note",
        object=f"note:{public_id}",
        before={"state": "review"},
        after={"state": "published"},
    )
    _enter(note, NoteState.PUBLISHED)
    return cards_of([note])[0]


@transaction.atomic
def return_note(*, moderator_id: int, public_id: str) -> None:
    """A moderator gives a note back to its author as a draft; written to the audit log."""
    mine = Note.objects.filter(public_id=public_id, state=NoteState.REVIEW).update(
        state=NoteState.DRAFT
    )
    if not mine:
        raise NoteNotFound
    guard.audit(
        actor_id=moderator_id,
        action="scene.return_note",
        object=f"note:{public_id}",
        before={"state": "review"},
        after={"state": "draft"},
    )


def _screened(note: Note) -> NoteState:
    """Where the words may go. Raises NoteRefused with the wording that stopped them.

    Each part is read alone: the end of a title and the start of a body make no word.
    """
    names = topics_of([note.pk]).get(note.pk, [])
    verdicts = [guard.screen(part) for part in (note.title, note.body, *names)]
    for said in verdicts:
        if said.blocked:
            raise NoteRefused(hit=said.hits[0].text)
    eyes = any(said.outcome == Outcome.REVIEW for said in verdicts)
    return NoteState.REVIEW if eyes else NoteState.PUBLISHED


def _enter(note: Note, state: NoteState, topics_before: Sequence[str] | None = None) -> None:
    """Move the note to `state` and tell the house what that means for others."""
    was, now = NoteState(note.state), clock.now()
    names = topics_of([note.pk]).get(note.pk, [])
    note.state = state
    if state == NoteState.PUBLISHED:
        note.published_at = note.published_at or now
    note.save(update_fields=["state", "published_at"])
    if was == NoteState.PUBLISHED:
        if state != NoteState.PUBLISHED:
            _leave(note, topics_before if topics_before is not None else names)
            return
        _count_topics(topics_before if topics_before is not None else names, -1)
    if state != NoteState.PUBLISHED:
        return
    _count_topics(names, 1)
    kind = NoteChanged if was == NoteState.PUBLISHED else NotePublished
    signals.emit(
        kind(
            person_id=note.author_id,
            object_id=note.public_id,
            note_id=note.pk,
            goods_ids=goods_ids_of([note.pk]).get(note.pk, []),
            topics=names,
            at=now.isoformat(),
        )
    )


def _leave(note: Note, names: Sequence[str]) -> None:
    _count_topics(names, -1)
    signals.emit(
        NoteDeleted(
            person_id=note.author_id,
            object_id=note.public_id,
            note_id=note.pk,
            at=clock.now().isoformat(),
        )
    )


def _count_topics(names: Sequence[str], step: int) -> None:
    for name in sorted(names):  # one lock order for everybody
        rows = Topic.objects.filter(name=name)
        if step < 0:
            rows = rows.filter(notes__gt=0)
        rows.update(notes=F("notes") + step)


def _set_pictures(note: Note, picture_ids: Sequence[int], alts: Sequence[str] = ()) -> None:
    kept = list(dict.fromkeys(picture_ids))
    if len(kept) > rules.PICTURES_MAX:
        wrong = rules.wrong_parts(title="-", body="", picture_count=len(kept))
        raise NoteIncomplete(fields=wrong)
    rows = NotePicture.objects.filter(note=note)
    said = dict(rows.values_list("picture_id", "alt")) | dict(zip(kept, alts, strict=False))
    rows.delete()
    NotePicture.objects.bulk_create(
        NotePicture(note=note, position=place, picture_id=pk, alt=said.get(pk, "")[: rules.ALT_MAX])
        for place, pk in enumerate(kept)
    )


def _set_topics(note: Note, given: Sequence[str]) -> None:
    names = rules.clean_topics(given)
    NoteTopic.objects.filter(note=note).delete()
    Topic.objects.bulk_create([Topic(name=name) for name in sorted(names)], ignore_conflicts=True)
    ids = dict(Topic.objects.filter(name__in=names).values_list("name", "id"))
    NoteTopic.objects.bulk_create(
        NoteTopic(note=note, topic_id=ids[name], position=place) for place, name in enumerate(names)
    )


def _set_goods(note: Note, public_ids: Sequence[str], dots: Mapping[str, Dot]) -> None:
    """Tag goods by their public ids; raises GoodsNotFound for one that does not exist."""
    kept = list(dict.fromkeys(public_ids))[: rules.GOODS_MAX]
    NoteGoods.objects.filter(note=note).delete()
    rows = []
    for place, public_id in enumerate(kept):
        dot = dots.get(public_id)
        rows.append(
            NoteGoods(
                note=note,
                goods_id=goods.goods_by_public_id(public_id).id,
                position=place,
                picture=dot.picture if dot else None,
                x_bps=dot.x_bps if dot else None,
                y_bps=dot.y_bps if dot else None,
            )
        )
    NoteGoods.objects.bulk_create(rows)
