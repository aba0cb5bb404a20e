"""A person's own traffic asset over the API."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from grapevine.insight.queries.own_asset import asset_of_person, lines_of
from grapevine.kit.api import signed_in
from grapevine.kit.pages import me

router = Router(tags=["insight"])
Answer = dict[str, Any]


@router.get("/me/traffic-asset", response=Answer, auth=signed_in)
def traffic_asset(request: HttpRequest) -> Any:
    """What the people whom I brought are worth, with the change against four weeks ago and the lines it adds up from.

    `asset` is null before the first count, for who brought nobody, and where personalisation is off. Income is my own
    money (commission of 90 days, as far as I am expected to stay), customers and network are the shops' sales of the next
    90 days. Of fewer than five people customers and network are null, in all and by shop.
    """
    found = asset_of_person(me(request))
    if found is None:
        return {"asset": None, "lines": []}
    asset = asdict(found)
    values = {one.pop("name"): one for one in asset.pop("values")}
    return {"asset": {**asset, **values}, "lines": [asdict(line) for line in lines_of(me(request))]}
