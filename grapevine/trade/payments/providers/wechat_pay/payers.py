"""Who pays inside WeChat: a silent question to WeChat (scope snsapi_base), answered with the person's openid and nothing else.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

import json
import re
from urllib.parse import urlencode

from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig
from grapevine.trade.payments.wire import call

OPENID = re.compile(r"[0-9A-Za-z_-]{1,128}")
CODE = re.compile(r"[0-9A-Za-z_-]{1,512}")
BUSY = -1


def question(config: WechatPayConfig, *, back: str, state: str) -> str:
    """Where the browser goes to be asked; it comes `back` with a code and the same `state` (letters and digits)."""
    asked = {
        "appid": config.app_id, "redirect_uri": back, "response_type": "code",
        "scope": "snsapi_base", "state": state,
    }  # fmt: skip
    return f"{config.open_pages}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def openid_of(config: WechatPayConfig, *, code: str) -> str:
    """Whose code this is; the code is good once. The token that comes with the answer is not kept.

    Raises ProviderRefused for a code WeChat did not give or gave already, ProviderDown for no answer.
    """
    if not CODE.fullmatch(code):
        raise ProviderRefused("code")
    asked = {
        "appid": config.app_id, "secret": config.app_secret, "code": code,
        "grant_type": "authorization_code",
    }  # fmt: skip
    reply = call("GET", f"{config.open_api}/sns/oauth2/access_token?{urlencode(asked)}", headers={})
    try:
        told = json.loads(reply.body)
        found, wrong = told.get("openid"), told.get("errcode")
    except (ValueError, AttributeError):
        raise ProviderDown("wechat: unreadable") from None
    if reply.status != 200 or wrong == BUSY:
        raise ProviderDown("wechat")
    if wrong:
        raise ProviderRefused(str(wrong))
    if not isinstance(found, str) or not OPENID.fullmatch(found):
        raise ProviderDown("wechat: unreadable openid")
    return found
