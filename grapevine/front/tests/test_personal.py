"""Every column with personal data is in the register, and the register names only what there is."""

import re

import pytest
from django.apps import apps
from django.test import Client

from grapevine.front.personal import REGISTER
from grapevine.kit.sealed import SealedTextField
from grapevine.people import facade as people

NAMED = re.compile(
    r"phone|email|mobile|id_?number|identity|bank|card_no|account_no|real_name|legal_name|birth|address|user_agent|passport|licen[cs]e"
)


def columns() -> dict[str, object]:
    return {
        f"{model._meta.label_lower}.{field.name}": field
        for model in apps.get_models()
        if model.__module__.startswith("grapevine.")
        for field in model._meta.concrete_fields
    }


def test_every_sealed_or_personal_column_is_registered() -> None:
    known = {one.column for one in REGISTER}
    missing = sorted(
        name
        for name, field in columns().items()
        if name not in known
        and (isinstance(field, SealedTextField) or NAMED.search(name.rsplit(".", 1)[1]))
    )
    assert missing == [], f"say in front/personal.py what these are for and how long: {missing}"


def test_the_register_names_only_what_there_is_and_seals_what_it_says() -> None:
    found = columns()
    assert [one.column for one in REGISTER if one.column not in found] == []
    assert len({one.column for one in REGISTER}) == len(REGISTER)
    unsealed = [
        one.column
        for one in REGISTER
        if (one.how == "sealed") != isinstance(found[one.column], SealedTextField)
    ]
    assert unsealed == [
        "guard.storedanswer.body"
    ]  # bytes, sealed by the middleware that writes them


@pytest.mark.django_db
def test_the_privacy_page_shows_it() -> None:
    people.sign_up(identifier="alice@example.com", password="vine-and-grape-7", name="Alice")
    client = Client()
    client.post("/signin/", {"identifier": "alice@example.com", "password": "vine-and-grape-7"})
    page = client.get("/settings/privacy/").content.decode()
    assert "还没有人看过" in page
    assert page.count('<li class="row">') == len(REGISTER)
