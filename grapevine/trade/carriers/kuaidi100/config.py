"""What an operator copies from Kuaidi100's account page."""

from dataclasses import dataclass, field

API = "https://poll.kuaidi100.com"
SALT_MIN = 16


@dataclass(frozen=True, slots=True)
class Config:
    customer: str = ""
    key: str = field(default="", repr=False)
    """Names and signs what we ask."""
    salt: str = field(default="", repr=False)
    """Ours: it goes along with each subscription and signs what we are told. At least 16 signs."""
    api: str = API

    @property
    def complete(self) -> bool:
        return bool(self.customer and self.key and self.api) and len(self.salt) >= SALT_MIN
