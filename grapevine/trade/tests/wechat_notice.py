"""A notice of WeChat Pay's taken apart, to be put together wrongly."""

import base64
import json
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from grapevine.kit import clock
from grapevine.trade.payments.providers.wechat_pay import signing
from grapevine.trade.payments.providers.wechat_pay.fake import PUBLIC_KEY_ID
from grapevine.trade.tests.wechat_cast import Heard, Scene, Told


class Notice:
    """A good notice taken apart, with WeChat Pay's keys at hand to sign and seal what it would never say."""

    def __init__(self, heard: Heard, *, scene: Scene) -> None:
        self.headers, self.body = heard
        self.key: Any = load_pem_private_key(scene.fake.keys.own_pem.encode(), None)
        self.api_v3 = scene.fake.keys.api_v3
        self.told: Told = json.loads(self.body)
        plain = signing.unsealed(self.told["resource"], api_v3_key=self.api_v3)
        self.content: Told = json.loads(plain)

    def head(self, **changes: str | None) -> Heard:
        """Headers changed after it was signed: `Nonce`, `Serial` … None takes one away."""
        given = {f"Wechatpay-{name.replace('_', '-')}": text for name, text in changes.items()}
        kept = {**self.headers, **given}
        return {name: text for name, text in kept.items() if text is not None}, self.body

    def twice(self, name: str) -> Heard:
        return {**self.headers, name.lower(): self.headers[name]}, self.body

    def unsigned(self, body: bytes) -> Heard:
        """The body changed after it was signed."""
        return self.headers, body

    def signed(
        self, body: bytes | None = None, *, key: Any = None, digest: Any = None, pad: Any = None,
        message: bytes | None = None, stamp: str = "", nonce: str = "n0nce", serial: str = "",
    ) -> Heard:  # fmt: skip
        """Signed well, now, unless told otherwise."""
        body = self.body if body is None else body
        stamp = stamp or signing.now_stamp()
        signature = (key or self.key).sign(
            signing.content(stamp, nonce) + body + b"\n" if message is None else message,
            pad or padding.PKCS1v15(), digest or SHA256(),
        )  # fmt: skip
        return {
            "Wechatpay-Serial": serial or PUBLIC_KEY_ID, "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce, "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }, body  # fmt: skip

    def at(self, **ago: float) -> Heard:
        return self.signed(stamp=str(int((clock.now() - timedelta(**ago)).timestamp())))

    def saying(self, *, drop: str = "", **changes: Any) -> Heard:
        """A notice with other fields, signed well."""
        told = {name: value for name, value in {**self.told, **changes}.items() if name != drop}
        return self.signed(json.dumps(told).encode())

    def box(self, *, drop: str = "", **changes: Any) -> Heard:
        """Another seal, in a notice signed well."""
        box = {**self.told["resource"], **changes}
        return self.saying(resource={name: box[name] for name in box if name != drop})

    def sealing(self, plain: bytes, *, key: str = "", beside: str = "transaction", nonce: str = "0123456789ab", **more: Any) -> Heard:  # fmt: skip
        sealed = AESGCM((key or self.api_v3).encode()).encrypt(
            nonce.encode(), plain, beside.encode()
        )
        text = base64.b64encode(sealed).decode()
        return self.box(ciphertext=text, nonce=nonce, associated_data=beside, **more)

    def about(self, *, drop: str = "", **changes: Any) -> Heard:
        """Other content, sealed and signed well."""
        told = {name: value for name, value in {**self.content, **changes}.items() if name != drop}
        return self.sealing(json.dumps(told).encode())

    def amount(self, *, drop: str = "", **changes: Any) -> Heard:
        told = {**self.content["amount"], **changes}
        return self.about(amount={name: told[name] for name in told if name != drop})
