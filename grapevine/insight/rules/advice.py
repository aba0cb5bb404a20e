"""From what the tree found to what to do next: at most three, each with its reason and its money."""

from grapevine.insight.contracts import Advice, Node, State, Tree
from grapevine.kit.text import marked

CHANNEL_ADVICE = {
    "share": (
        marked("叫醒带过货的老粉"),
        marked("分享带来的访客少了。请支撑粉丝再分享一次，附上专属链接"),
        "insight:fans",
    ),
    "group": (
        marked("再开一个团"),
        marked("拼团带来的访客少了。给卖得好的商品设一个容易成的团"),
        "campaigns:desk",
    ),
    "note": (
        marked("发一篇新笔记"),
        marked("笔记带来的访客少了。写一篇新的，带上这周想卖的商品"),
        "scene:compose",
    ),
    "feed": (
        marked("给笔记换一张封面"),
        marked("信息流带来的访客少了。更新笔记的封面和标题"),
        "scene:compose",
    ),
    "search": (
        marked("改商品标题"),
        marked("搜索带来的访客少了。把顾客会搜的词写进标题"),
        "goods:desk",
    ),
    "shop": (
        marked("整理店铺首页"),
        marked("从店铺首页来的访客少了。把当季的商品放到前面"),
        "goods:desk",
    ),
    "direct": (
        marked("联系老顾客"),
        marked("直接来的访客少了。告诉老顾客最近上了什么"),
        "insight:fans",
    ),
}
ADVICES_MAX = 3


def advise(tree: Tree) -> tuple[Advice, ...]:
    """Rules on (node, direction). Nothing moved, or too little is known: nothing is advised."""
    found = [advice for node in _nodes(tree.root) if (advice := _advice(node)) is not None]
    found.sort(key=lambda advice: -advice.stake_minor)
    return tuple(found[:ADVICES_MAX])


def _nodes(node: Node) -> list[Node]:
    return [node, *(found for child in node.children for found in _nodes(child))]


def _advice(node: Node) -> Advice | None:
    if node.state is not State.DOWN or not node.on_path:
        return None
    stake = abs(node.contribution_minor)
    kind, _, channel = node.name.partition(":")
    if kind == "channel" and channel in CHANNEL_ADVICE:
        title, reason, url_name = CHANNEL_ADVICE[channel]
        return Advice(title, reason, stake, marked("去做"), url_name)
    if node.name == "conversion":
        return Advice(
            marked("看看价格和详情页"), marked("来的人没少，下单的少了。对照同类价格，补上实拍和评价"), stake,
            marked("去改商品"), "goods:desk",
        )  # fmt: skip
    if node.name == "aov":
        return Advice(
            marked("搭配着卖"), marked("每单买得少了。把常一起买的商品放进同一篇笔记"), stake,
            marked("写笔记"), "scene:compose",
        )  # fmt: skip
    return None
