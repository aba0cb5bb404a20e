"""What the house needs to know to take money through Alipay, in public-key mode with RSA2."""

from dataclasses import dataclass, field

API = "https://openapi.alipay.com/gateway.do"


@dataclass(frozen=True, slots=True)
class AlipayConfig:
    app_id: str = ""
    seller_id: str = ""
    """The merchant's own number at Alipay, 2088…."""
    private_key_pem: str = field(default="", repr=False)
    """Ours: it signs what we ask."""
    alipay_public_key_pem: str = ""
    """Alipay's, not our own public key: it verifies what we are told."""
    api: str = API

    @property
    def complete(self) -> bool:
        return all(
            (self.app_id, self.seller_id, self.private_key_pem,
             self.alipay_public_key_pem, self.api)
        )  # fmt: skip
