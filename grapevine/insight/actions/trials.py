"""What operators and shops do with experiments: each with its line in the trail."""

from collections.abc import Mapping

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.facade import ExperimentView, NewExperiment

MOVES = ("start", "shares", "stop", "decide", "drop")


@transaction.atomic
def draft_trial(*, actor_id: int, shop_id: int, new: NewExperiment) -> ExperimentView:
    made = signals.draft_experiment(new=new, shop_id=shop_id, by_id=actor_id)
    _note(actor_id, "trials.draft", made, {"knob": made.knob.name, "shares": dict(made.shares)})
    return made


@transaction.atomic
def move_trial(
    *, actor_id: int, one: ExperimentView, move: str, reason: str = "", arm: str = "",
    shares: Mapping[str, int] | None = None, traffic_bps: int = 0,
) -> ExperimentView | None:  # fmt: skip
    """Take it on: start, shares, stop, decide, drop (then None). Raises what signals raises, BadInput for another word."""
    name, shop_id = one.public_id, one.shop_id
    if move == "start":
        found = signals.start_experiment(public_id=name, shop_id=shop_id)
        _note(actor_id, "trials.start", found, {"shares": dict(found.shares)})
    elif move == "shares":
        found = signals.change_shares(
            public_id=name, shop_id=shop_id, shares=shares or {}, traffic_bps=traffic_bps,
            by_id=actor_id,
        )  # fmt: skip
        told = {"shares": dict(found.shares), "traffic_bps": traffic_bps}
        _note(actor_id, "trials.shares", found, told, before={"shares": dict(one.shares)})
    elif move == "stop":
        found = signals.stop_experiment(public_id=name, shop_id=shop_id, reason=reason)
        _note(actor_id, "trials.stop", found, {"reason": reason})
    elif move == "decide":
        found = signals.decide_experiment(public_id=name, shop_id=shop_id, arm=arm, reason=reason)
        _note(actor_id, "trials.decide", found, {"arm": arm, "reason": reason})
    elif move == "drop":
        signals.drop_draft(public_id=name, shop_id=shop_id)
        _note(actor_id, "trials.drop", one, None)
        return None
    else:
        raise BadInput(fields={"move": marked("不认识这一步")})
    return found


def _note(
    actor_id: int, action: str, one: ExperimentView, after: object, *, before: object = None
) -> None:
    guard.audit(
        actor_id=actor_id, action=action, object=f"experiment:{one.public_id}", before=before,
        after=after, shop_id=one.shop_id or None,
    )  # fmt: skip
