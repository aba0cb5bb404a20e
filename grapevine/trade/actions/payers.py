"""Remembering who a person is at WeChat, told by WeChat itself."""

from grapevine.kit import clock
from grapevine.trade.models import Payer


def remember_payer(*, person_id: int, app_id: str, openid: str) -> None:
    """The one seen last counts: a person may have more than one WeChat."""
    Payer.objects.update_or_create(
        person_id=person_id, app_id=app_id, defaults={"openid": openid, "seen_at": clock.now()}
    )
