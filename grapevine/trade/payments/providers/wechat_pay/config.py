"""What a shop's operator copies from the WeChat Pay merchant platform (API v3)."""

import re
from dataclasses import dataclass, field

API = "https://api.mch.weixin.qq.com"
OPEN_PAGES = "https://open.weixin.qq.com"
OPEN_API = "https://api.weixin.qq.com"
API_V3_KEY_BYTES = 32
NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
PUBLIC_KEY_ID = re.compile(r"PUB_KEY_ID_[0-9A-Za-z]{1,48}")


@dataclass(frozen=True, slots=True)
class WechatPayConfig:
    app_id: str = ""
    """Of the official account or mini program that is bound to the merchant, wx…."""
    mch_id: str = ""
    merchant_serial: str = ""
    """Of our own API certificate; it names `private_key_pem`."""
    private_key_pem: str = field(default="", repr=False)
    """Ours, apiclient_key.pem: it signs what we ask."""
    api_v3_key: str = field(default="", repr=False)
    """32 bytes: they open what we are sent sealed."""
    public_key_id: str = ""
    """PUB_KEY_ID_…, of WeChat Pay's public key. Older merchants have none: both fields are empty then, and
    WeChat Pay's certificates are fetched."""
    public_key_pem: str = ""
    """WeChat Pay's, not our own: it verifies what we are told."""
    api: str = API
    app_secret: str = field(default="", repr=False)
    """Of the official account `app_id`: with it WeChat may be asked who pays inside WeChat."""
    open_pages: str = OPEN_PAGES
    open_api: str = OPEN_API

    @property
    def can_ask(self) -> bool:
        return bool(NAME.fullmatch(self.app_secret))

    @property
    def complete(self) -> bool:
        names = (self.app_id, self.mch_id, self.merchant_serial)
        return (
            all(NAME.fullmatch(name) for name in names)
            and all(text.strip() for text in (self.private_key_pem, self.api))
            and len(self.api_v3_key.encode("utf-8", "replace")) == API_V3_KEY_BYTES
            and self._public_key_is_whole
        )

    @property
    def _public_key_is_whole(self) -> bool:
        """The key and its id come together; either without the other is a mistake."""
        if not self.public_key_id and not self.public_key_pem:
            return True
        return bool(PUBLIC_KEY_ID.fullmatch(self.public_key_id) and self.public_key_pem.strip())
