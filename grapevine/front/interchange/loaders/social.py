"""People and who follows whom."""

import json
from collections.abc import Sequence
from datetime import datetime

from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.loading import Context, Loaded, RowFault, log_row
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson


def load_people(rows: Sequence[Row], context: Context) -> Loaded:
    context.pictures.store(row["avatar"] for row in rows if row["avatar"])
    ids = people.save_people_bulk([_person(row, context) for row in rows])
    loaded = Loaded()
    for row, person_id in zip(rows, ids, strict=True):
        loaded.ids[row.key] = str(person_id)
        context.directory.learn("people", row.key, str(person_id))
    for row in rows:
        person_id = int(loaded.ids[row.key])
        at = row["joined_at"] or context.now
        verb = "people.person_signed_up"
        loaded.log.append(
            log_row("people", row, at, verb, person_id=person_id, region=row["region"])
        )
        if row["inviter_id"]:
            inviter = int(context.directory.text("people", row["inviter_id"]))
            tie = log_row("people", row, at, "tie", **tie_columns(inviter, person_id, "invite"))
            loaded.log.append({**tie, "id": f"{tie['id']}:tie"})
    return loaded


def tie_columns(person_id: int, other_id: int, kind: str) -> dict[str, object]:
    """A tie in the behaviour log: from whom, to whom, of which kind."""
    return {
        "person_id": person_id,
        "object_type": "person",
        "object_id": str(other_id),
        "props": json.dumps({"kind": kind, "other_id": other_id}),
    }


def _person(row: Row, context: Context) -> NewPerson:
    return NewPerson(
        handle=row["handle"],
        name=row["name"] or f"用户 {row.key}"[:40],
        phone=row["phone"],
        email=row["email"],
        password=row["password"],
        region=row["region"],
        bio=row["bio"],
        avatar_id=context.pictures.id_of(row["avatar"]) if row["avatar"] else None,
        joined_at=row["joined_at"] or context.now,
        is_operator=row["role"] == "operator",
    )


def load_follows(rows: Sequence[Row], context: Context) -> Loaded:
    loaded = Loaded()
    pairs: list[tuple[int, int]] = []
    moments: list[datetime] = []
    for row in rows:
        follower = int(context.directory.text("people", row["follower_id"]))
        followee = int(context.directory.text("people", row["followee_id"]))
        if follower == followee:
            raise RowFault(row, "followee_id", "不能关注自己 / nobody follows themselves")
        pairs.append((follower, followee))
        at = row["at"] or context.now
        moments.append(at)
        columns = tie_columns(follower, followee, "follow")
        loaded.log.append(log_row("follows", row, at, "tie", **columns))
        loaded.ids[row.key] = ""
    people.save_follows_bulk(pairs, moments=moments)
    return loaded
