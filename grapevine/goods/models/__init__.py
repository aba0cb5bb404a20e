"""The module's tables, one concern a file."""

from grapevine.goods.models.brand import (
    OwnDomain,
    Storefront,
)
from grapevine.goods.models.desk import (
    Category,
    DeskBatch,
    DeskChange,
    ImportedGoods,
    ImportPicture,
    ImportReject,
    ImportRun,
)
from grapevine.goods.models.onboarding import (
    Acceptance,
    Application,
    CategoryRule,
    DepositMove,
    Document,
    Withholding,
)
from grapevine.goods.models.oversight import (
    GoodsReview,
    Inspection,
    InspectionPlan,
)
from grapevine.goods.models.pool import (
    Pick,
    PoolOffer,
    PoolTerm,
)
from grapevine.goods.models.shelf import (
    Goods,
    GoodsPicture,
    PriceChange,
    ShippingTemplate,
    Shop,
    Sku,
    Staff,
    StaffInvite,
    Stock,
    StockHold,
    StockMovement,
    Warehouse,
)

__all__ = [
    "Acceptance",
    "Application",
    "Category",
    "CategoryRule",
    "DepositMove",
    "DeskBatch",
    "DeskChange",
    "Document",
    "Goods",
    "GoodsPicture",
    "GoodsReview",
    "ImportPicture",
    "ImportReject",
    "ImportRun",
    "ImportedGoods",
    "Inspection",
    "InspectionPlan",
    "OwnDomain",
    "Pick",
    "PoolOffer",
    "PoolTerm",
    "PriceChange",
    "ShippingTemplate",
    "Shop",
    "Sku",
    "Staff",
    "StaffInvite",
    "Stock",
    "StockHold",
    "StockMovement",
    "Storefront",
    "Warehouse",
    "Withholding",
]
