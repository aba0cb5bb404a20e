"""What kind of thing somebody looks on, in one of five words: no more is kept of what a browser says about itself.

From the client hint `Sec-CH-UA-Mobile` (https://wicg.github.io/ua-client-hints/), the `User-Agent` and, for mini-apps, the
`Referer` that WeChat sets (https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html).
"""

from functools import lru_cache

from django.http import HttpRequest

PHONE, TABLET, DESKTOP, MINI_APP, API = "phone", "tablet", "desktop", "mini-app", "api"
WECHAT = "https://servicewechat.com/"
AGENT_MAX = 400


def device_of(request: HttpRequest) -> str:
    headers = request.headers
    return device_from(
        headers.get("User-Agent", "")[:AGENT_MAX],
        mobile_hint=headers.get("Sec-CH-UA-Mobile", ""),
        is_from_wechat=headers.get("Referer", "").startswith(WECHAT),
    )


@lru_cache(maxsize=4096)
def device_from(agent: str, *, mobile_hint: str = "", is_from_wechat: bool = False) -> str:
    """An iPad that calls itself a Mac is a desktop; what is no browser is a program that asks by itself."""
    if is_from_wechat or "miniprogram" in agent.lower():
        return MINI_APP
    if not agent.startswith("Mozilla/"):
        return API
    is_mobile = mobile_hint == "?1" or "Mobi" in agent
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and not is_mobile):
        return TABLET
    return PHONE if is_mobile else DESKTOP
