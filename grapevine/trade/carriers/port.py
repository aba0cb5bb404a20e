"""Whoever tells us where parcels are: one small port, one adapter a folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from grapevine.trade.parcels import ScanView


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a parcel: scans in any order."""

    carrier_code: str
    tracking: str
    scans: Sequence[ScanView]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the teller wants to hear back."""

    status: int
    body: bytes
    content_type: str = "application/json"


class Tracker(Protocol):
    """No method that talks may be called inside a transaction.

    They raise ProviderDown when the outcome is unknown and ProviderRefused when it is no.
    """

    name: str

    def ready(self) -> bool:
        """Whether every key is set. One that is not ready is asked nothing and believed nothing."""

    def knows(self, carrier_code: str) -> bool:
        """Whether it follows parcels of this carrier."""

    def subscribe(
        self, *, carrier_code: str, tracking: str, phone_end: str, callback_url: str
    ) -> None:
        """Ask to be told of every scan. The same parcel again is fine. `phone_end`: four digits, some carriers ask."""

    def query(self, *, carrier_code: str, tracking: str, phone_end: str) -> Heard:
        """Ask where it is now."""

    def read_push(self, *, headers: Mapping[str, str], body: bytes) -> Heard:
        """Verify a message on its raw bytes; BadPush for anything not right."""

    def receipt(self, *, accepted: bool) -> Receipt:
        """The answer to a push."""
