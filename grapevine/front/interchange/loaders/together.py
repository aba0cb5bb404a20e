"""Groups, and the shares that bring people."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import ImportedGroup
from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.loaders.behaviour import public_id, shop_of
from grapevine.front.interchange.loaders.social import tie_columns
from grapevine.front.interchange.loading import Context, Loaded, RowFault, joined, log_row, parts
from grapevine.goods import facade as goods
from grapevine.spread import facade as spread
from grapevine.spread.contracts import ImportedShare

HOURS = timedelta(hours=24)
ENDED = {"filled": "campaigns.group_filled", "expired": "campaigns.group_expired"}


def load_groups(rows: Sequence[Row], context: Context) -> Loaded:
    cards = goods.goods_cards({_goods_id(row, context) for row in rows})
    given = [_group(row, context, cards[_goods_id(row, context)].price_minor) for row in rows]
    made = campaigns.save_groups_bulk(given)
    loaded = Loaded()
    for row, group, (key, group_id) in zip(rows, given, made, strict=True):
        loaded.ids[row.key] = joined(group_id, key, group.shop_id)
        columns = {
            "person_id": group.leader_id,
            "shop_id": group.shop_id,
            "object_type": "group",
            "object_id": group_id,
            "region": row["region"],
        }
        opened = log_row("groups", row, group.opened_at, "campaigns.group_opened", **columns)
        loaded.log.append(opened)
        if group.state in ENDED:
            at = min(group.deadline, context.now)
            ended = log_row("groups", row, at, ENDED[group.state], **columns)
            loaded.log.append({**ended, "id": f"{ended['id']}:end"})
    return loaded


def _goods_id(row: Row, context: Context) -> int:
    return int(parts(context.directory.text("goods", row["goods_id"]))[0])


def _group(row: Row, context: Context, own_price: int) -> ImportedGroup:
    opened = row["opened_at"] or context.now
    deadline = row["deadline_at"] or opened + HOURS
    if deadline <= opened:
        raise RowFault(row, "deadline_at", "截止早于开团 / the deadline is before the opening")
    state = row["state"] or ("open" if deadline > context.now else "expired")
    return ImportedGroup(
        goods_id=_goods_id(row, context),
        shop_id=int(parts(context.directory.text("goods", row["goods_id"]))[2]),
        leader_id=int(context.directory.text("people", row["leader_id"])),
        size=row["size"],
        price_minor=own_price if row["price_minor"] is None else row["price_minor"],
        state=state,
        opened_at=opened,
        deadline=deadline,
        region=row["region"],
    )


def load_shares(rows: Sequence[Row], context: Context) -> Loaded:
    """Parents first: a share may refer to one that comes earlier in the same batch."""
    loaded = Loaded()
    for wave in _waves(rows, context):
        given = [_share(row, context) for row in wave]
        tokens = spread.save_shares_bulk(given)
        for row, share, token in zip(wave, given, tokens, strict=True):
            loaded.ids[row.key] = joined(token, share.sharer_id)
            context.directory.learn("shares", row.key, loaded.ids[row.key])
            _log_share(row, share, token, loaded)
    return loaded


def _waves(rows: Sequence[Row], context: Context) -> Iterator[list[Row]]:
    """Rows in groups such that every parent is in the database or in an earlier group."""
    waiting = list(rows)
    while waiting:
        ready = [
            row
            for row in waiting
            if not row["parent_id"] or context.directory.text("shares", row["parent_id"])
        ]
        assert ready, "a share refers to a later one"
        yield ready
        done = {row.key for row in ready}
        waiting = [row for row in waiting if row.key not in done]


def _share(row: Row, context: Context) -> ImportedShare:
    parent = context.directory.text("shares", row["parent_id"])
    return ImportedShare(
        sharer_id=int(context.directory.text("people", row["sharer_id"])),
        shop_id=shop_of(row, context),
        object_type=row["object_type"],
        object_id=public_id(row, context),
        parent_token=parts(parent)[0] if parent else "",
        channel=row["channel"] or "link",
        receiver_id=context.directory.number("people", row["receiver_id"]),
        at=row["shared_at"] or context.now,
    )


def _log_share(row: Row, share: ImportedShare, token: str, loaded: Loaded) -> None:
    columns: dict[str, Any] = {"shop_id": share.shop_id, "channel": share.channel}
    created = log_row(
        "shares",
        row,
        share.at,
        "spread.share_created",
        person_id=share.sharer_id,
        object_type=share.object_type,
        object_id=share.object_id,
        share_token=token,
        parent_token=share.parent_token,
        **columns,
    )
    loaded.log.append(created)
    if share.receiver_id is not None:
        columns |= tie_columns(share.sharer_id, share.receiver_id, "share")
        tie = log_row("shares", row, share.at, "tie", share_token=token, **columns)
        loaded.log.append({**tie, "id": f"{tie['id']}:tie"})
