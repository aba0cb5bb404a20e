"""WeChat Pay's own certificates, fetched sealed: https://pay.weixin.qq.com/doc/v3/merchant/4012551764"""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from grapevine.kit import clock
from grapevine.trade.payments.providers.wechat_pay import signing
from grapevine.trade.payments.providers.wechat_pay.reading import json_of, row_of, text_of
from grapevine.trade.payments.providers.wechat_pay.signing import Untrusted

COUNT_MAX = 20


def certificates_of(body: bytes, *, api_v3_key: str) -> dict[str, Certificate]:
    """By serial, in capitals. Untrusted or Unreadable unless every one is as documented."""
    rows = json_of(body).get("data")
    if not isinstance(rows, list) or len(rows) > COUNT_MAX:
        raise Untrusted("not a list of certificates")
    found: dict[str, Certificate] = {}
    for row in map(row_of, rows):
        pem = signing.unsealed(row_of(row.get("encrypt_certificate")), api_v3_key=api_v3_key)
        try:
            certificate = load_pem_x509_certificate(pem)
        except ValueError:
            raise Untrusted("not a certificate") from None
        serial = f"{certificate.serial_number:X}"
        if text_of(row, name="serial_no").upper().lstrip("0") != serial:
            raise Untrusted("a certificate of another serial")
        found[serial] = certificate
    return found


def key_of(certificate: Certificate) -> RSAPublicKey:
    """Untrusted outside the certificate's time."""
    if not certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc:
        raise Untrusted("a certificate that is not valid now")
    return signing.usable(certificate.public_key())
