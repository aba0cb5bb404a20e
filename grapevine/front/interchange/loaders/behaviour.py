"""Events: rows of the behaviour log as they are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.loaders.writings import save_reactions
from grapevine.front.interchange.loading import Context, Loaded, log_row, parts
from grapevine.front.interchange.tables import KIND_OF_OBJECT
from grapevine.scene import facade as scene

PUBLIC_PART = {"goods": 1, "notes": 1, "shops": 1, "groups": 0}
"""Which part of a row's internal id names it in addresses and in the log."""
CAME = ("view", "open_share")


def public_id(row: Row, context: Context) -> str:
    """What the log calls the object: its public id, or the file's own text where it has none."""
    kind = KIND_OF_OBJECT.get(row["object_type"])
    if kind is None or not row["object_id"]:
        return str(row["object_id"])
    return parts(context.directory.text(kind, row["object_id"]))[PUBLIC_PART[kind]]


def shop_of(row: Row, context: Context) -> int | None:
    """The shop given, or the one whose goods or page the object is."""
    if row.values.get("shop_id"):
        return int(parts(context.directory.text("shops", row["shop_id"]))[0])
    if row["object_type"] == "goods" and row["object_id"]:
        return int(parts(context.directory.text("goods", row["object_id"]))[2])
    if row["object_type"] == "shop" and row["object_id"]:
        return int(parts(context.directory.text("shops", row["object_id"]))[0])
    return None


def load_events(rows: Sequence[Row], context: Context) -> Loaded:
    save_reactions(rows, context)
    loaded = Loaded(ids={row.key: "" for row in rows})
    tagged = _tagged(rows, context)
    for row in rows:
        said = _event(row, context, tagged)
        loaded.log += [said, *_visited(row, said, context)]
    return loaded


def _tagged(rows: Sequence[Row], context: Context) -> dict[str, list[int]]:
    """The goods of every note these rows are about, by the note's key: what is done with a note is of their shop."""
    keys = {row["object_id"] for row in rows if row["object_type"] == "note" and row["object_id"]}
    ids = {key: int(parts(context.directory.text("notes", key))[0]) for key in sorted(keys)}
    cards = scene.note_cards(list(ids.values())) if ids else {}
    return {key: list(cards[pk].goods_ids) for key, pk in ids.items() if pk in cards}


def _event(row: Row, context: Context, tagged: Mapping[str, list[int]]) -> dict[str, Any]:
    share = parts(context.directory.text("shares", row["share_id"])) if row["share_id"] else [""]
    facts: dict[str, Any] = {"session": row["session"]} if row["session"] else {}
    if row["object_type"] == "note" and tagged.get(row["object_id"]):
        facts["goods_ids"] = tagged[row["object_id"]]
    return log_row(
        "events",
        row,
        row["at"],
        row["verb"],
        person_id=context.directory.number("people", row["person_id"]),
        visitor_id=row["visitor_id"],
        shop_id=shop_of(row, context),
        object_type=row["object_type"],
        object_id=public_id(row, context),
        share_token=share[0],
        channel=row["channel"],
        region=row["region"],
        props=json.dumps(facts) if facts else "",
    )


def _visited(row: Row, said: dict[str, Any], context: Context) -> list[dict[str, Any]]:
    """That the share which led here was opened, by whoever it was but its own sharer, whether they bought or not."""
    share = context.directory.text("shares", row["share_id"]) if row["share_id"] else ""
    if not share or row["verb"] not in CAME:
        return []
    sharer = int(parts(share)[1])
    if said["person_id"] == sharer:
        return []
    facts = json.dumps({"sharer_id": sharer})
    told = {"id": f"{said['id']}:visited", "verb": "spread.share_visited", "props": facts}
    return [{**said, **told}]
