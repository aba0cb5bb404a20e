"""What sides say in the demo world's after-sales, and why prices were changed."""

ASKS = "到手发现边上有一道裂，照片里能看清楚。"
BUYER_SAYS = "收到的时候杯口就有一道裂，外箱是好的，我在开箱的时候拍了照片，店家说是我碰的。"
SHOP_SAYS = "每一件出库前都检查过，也称了重；裂口的样子更像是收货以后碰到了硬的东西。"
REFUSES = "出库前检查过，没有这道裂。"
ESCALATES = "我不同意，开箱照片里已经有裂了。"
RULES = "看过双方的照片和公众评审的意见，支持买家。"
VOTES = ("裂口在包装里就能看到。", "出库检查没有拍到这一面。", "外箱没有压痕，像是后来碰的。")
REASONS = "新一批泥料涨价", "春季清一批库存", "恢复日常价"
ONE_OF_A_KIND = ("柴烧花器 · 秋", "一窑一件，落灰不同。", "柴烧孤品")
"""Title, body, category."""
OWN_CATEGORY = "釉下彩"
