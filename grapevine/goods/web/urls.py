from django.urls import path

from grapevine.goods.web import desk, desklist, imports, parts, table, views

app_name = "goods"
urlpatterns = [
    path("goods/<str:public_id>/", views.goods, name="goods"),
    path("shops/new/", views.open_shop, name="open_shop"),
    path("shop/<slug:slug>/", views.shop, name="shop"),
    path("console/<slug:slug>/goods/", desklist.desk, name="desk"),
    path("console/<slug:slug>/goods/new/", desk.new, name="new"),
    path("console/<slug:slug>/goods/table/", table.table, name="table"),
    path("console/<slug:slug>/goods/imports/", imports.imports, name="imports"),
    path("console/<slug:slug>/goods/imports/export.<str:form>", imports.export, name="export"),
    path(
        "console/<slug:slug>/goods/imports/template.<str:form>", imports.template, name="template"
    ),
    path("console/<slug:slug>/goods/imports/<str:public_id>/", imports.one, name="import"),
    path(
        "console/<slug:slug>/goods/imports/<str:public_id>/rejects.csv",
        imports.rejects,
        name="rejects",
    ),
    path("console/<slug:slug>/goods/categories/", parts.categories, name="categories"),
    path("console/<slug:slug>/goods/changes/", desklist.bulk, name="changes"),
    path("console/<slug:slug>/goods/changes/<str:batch>/undoing/", desklist.undo, name="undo"),
    path("console/<slug:slug>/goods/<str:public_id>/", desk.edit, name="edit"),
    path("console/<slug:slug>/goods/<str:public_id>/shelf/", desk.shelf, name="shelf"),
    *(
        path(
            f"console/<slug:slug>/goods/<str:public_id>/{name}/",
            parts.part,
            {"name": name},
            name=name,
        )
        for name in parts.PARTS
    ),
]
