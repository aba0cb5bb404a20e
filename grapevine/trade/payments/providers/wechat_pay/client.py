"""Talking to WeChat Pay: every request signed by us, every answer verified, its certificates kept at hand."""

import json
import re
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate

from grapevine.kit import clock
from grapevine.trade.payments import wire
from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.wechat_pay import certificates, signing
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig
from grapevine.trade.payments.providers.wechat_pay.reading import Row, Unreadable, json_of, text_of
from grapevine.trade.payments.providers.wechat_pay.signing import Untrusted

REFUSALS = (400, 403, 404)
"""Every other status that is not a success leaves the outcome unknown."""
ASK_AGAIN = frozenset({
    "SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "FREQUENCY_LIMITED", "RULE_LIMIT",
    "RULELIMIT", "NOT_ENOUGH", "NOTENOUGH", "STATEMENT_CREATING",
})  # fmt: skip
"""Said with the status of a refusal, yet the same request may succeed later: NOT_ENOUGH is a merchant's
account without the money for a refund, which is to be repeated under its own number."""
DOWNLOAD_SECONDS = 30.0
CERTIFICATES_SECONDS = 3.0
"""WeChat Pay waits five seconds for the answer to a notice; ours may need this first."""
CERTIFICATES_PAUSE = timedelta(minutes=1)
"""However many messages name a certificate we do not know, we ask no more often."""
ADDRESS = re.compile(
    r"(https?)://[0-9A-Za-z.-]+(?::[0-9]{1,4}|:[1-5][0-9]{4})?(/[\x21\x22\x24-\x7e]*)"
)
CERTIFICATE_SERIAL = re.compile(r"[0-9A-Fa-f]{8,40}")


class Client:
    """One merchant's account. Threads may share it."""

    def __init__(self, config: WechatPayConfig) -> None:
        self.config = config
        self._certificates: dict[str, Certificate] = {}
        self._asked_at: datetime | None = None
        self._lock = threading.Lock()

    def ask(
        self, method: str, target: str, *, told: Row | None = None, absent: Collection[str] = ()
    ) -> Row | None:
        """The answer, empty where WeChat Pay has nothing to say; None if it is a refusal in `absent`.

        ProviderRefused for another no, ProviderDown for an answer missing, unclear or not WeChat Pay's.
        """
        body = b"" if told is None else json.dumps(told, separators=(",", ":")).encode()
        reply = self._send(method, target, body)
        try:
            self.verify(reply.headers, body=reply.body)
            if reply.status == 204:
                return {}
            answer = json_of(reply.body)
            if reply.status == 200:
                return answer
            code = text_of(answer, name="code")
        except (Untrusted, Unreadable):
            raise ProviderDown("wechat: an answer that cannot be trusted", reply.status) from None
        if reply.status in REFUSALS and code in absent:
            return None
        if reply.status in REFUSALS and code not in ASK_AGAIN:
            raise ProviderRefused("wechat", code)
        raise ProviderDown("wechat", reply.status, code)

    def download(self, address: str) -> bytes:
        """A file, which comes unsigned: its digest came before it, signed. ProviderDown if it does not come."""
        found = ADDRESS.fullmatch(address)
        if found is None or found[1] != urlsplit(self.config.api).scheme:
            raise ProviderDown("wechat: the bill's address")
        reply = wire.call(
            "GET", address, headers=self._headers("GET", found[2], b""), timeout=DOWNLOAD_SECONDS
        )
        if reply.status != 200:
            raise ProviderDown("wechat: the bill", reply.status)
        return reply.body

    def verify(self, headers: Mapping[str, str], *, body: bytes) -> None:
        """Untrusted unless WeChat Pay signed this body, not long ago, with a key we know to be its own."""
        signed = signing.signed_of(headers)
        key = self._key(signed.serial) or self._fetched_key(signed.serial)
        if key is None or not signed.fits(body, key=key):
            raise Untrusted(signed.serial)

    def _key(self, serial: str) -> RSAPublicKey | None:
        if self.config.public_key_id and serial == self.config.public_key_id:
            return signing.public_key(self.config.public_key_pem)
        found = self._certificates.get(serial.upper().lstrip("0"))
        return certificates.key_of(found) if found else None

    def _fetched_key(self, serial: str) -> RSAPublicKey | None:
        """The key of a certificate that was not at hand, asked for once in a while by one thread."""
        if not CERTIFICATE_SERIAL.fullmatch(serial):
            return None
        with self._lock:
            now = clock.now()
            if self._asked_at and abs(now - self._asked_at) < CERTIFICATES_PAUSE:
                return self._key(serial)
            self._asked_at = now
            with suppress(ProviderDown, Untrusted, Unreadable):
                self._certificates = self._fetch()
        return self._key(serial)

    def _fetch(self) -> dict[str, Certificate]:
        """All certificates in use. Sealed with our key, and signed with one of them, or one we know."""
        reply = self._send("GET", "/v3/certificates", b"", timeout=CERTIFICATES_SECONDS)
        if reply.status != 200:
            raise ProviderDown("wechat: certificates", reply.status)
        found = certificates.certificates_of(reply.body, api_v3_key=self.config.api_v3_key)
        signed = signing.signed_of(reply.headers)
        fresh = found.get(signed.serial.upper().lstrip("0"))
        key = certificates.key_of(fresh) if fresh else self._key(signed.serial)
        if key is None or not signed.fits(reply.body, key=key):
            raise Untrusted(signed.serial)
        return found

    def _send(
        self, method: str, target: str, body: bytes, *, timeout: float = wire.TIMEOUT_SECONDS
    ) -> wire.Reply:
        address = f"{self.config.api.rstrip('/')}{target}"
        headers = self._headers(method, target, body)
        return wire.call(method, address, headers=headers, body=body, timeout=timeout)

    def _headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """ProviderDown without keys: nothing can be asked then."""
        if not self.config.complete:
            raise ProviderDown("wechat: not set up")
        headers = {
            "Authorization": signing.authorization(method, target, body, config=self.config),
            "Accept": "application/json", "Content-Type": "application/json",
            "User-Agent": "Grapevine",
        }  # fmt: skip
        # WeChat Pay answers with the key that is asked for: while certificates are given up it needs to be told.
        named = {"Wechatpay-Serial": self.config.public_key_id} if self.config.public_key_id else {}
        return headers | named
