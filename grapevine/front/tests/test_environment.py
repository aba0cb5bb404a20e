"""Settings are read once, and nonsense is refused by name."""

import pytest

from grapevine.front import environment


def test_a_setting_that_is_nonsense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight")
    with pytest.raises(Exception, match="PORT must be a whole number"):
        environment.integer("PORT", 8000)
    monkeypatch.setenv("PORT", "70000")
    with pytest.raises(Exception, match="PORT must lie between"):
        environment.integer("PORT", 8000, most=65_535)
    monkeypatch.setenv("HTTPS", "maybe")
    with pytest.raises(Exception, match="HTTPS must be 1 or 0"):
        environment.flag("HTTPS", default=False)


def test_what_belongs_together_is_set_together() -> None:
    named = {"what": "HOLDER and NUMBER"}
    assert environment.together("Vine Ltd", "6222", **named) == ("Vine Ltd", "6222")
    assert environment.together("", "", **named) == ()
    with pytest.raises(Exception, match="HOLDER and NUMBER are set together"):
        environment.together("Vine Ltd", "", **named)


def test_a_database_address_is_read_and_another_scheme_refused(tmp_path) -> None:
    found = environment.database("postgresql://u:p%40ss@h:5433/shop?sslmode=require", tmp_path)
    assert (found["HOST"], found["PORT"], found["PASSWORD"], found["NAME"]) == (
        "h",
        "5433",
        "p@ss",
        "shop",
    )
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert environment.database("", tmp_path)["NAME"] == tmp_path / "grapevine.sqlite3"
    with pytest.raises(Exception, match="DATABASE_URL must start"):
        environment.database("mysql://h/x", tmp_path)


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.secret("SECRET_KEY", tmp_path)
    assert first == environment.secret("SECRET_KEY", tmp_path)
    assert (tmp_path / "secrets" / "secret_key").stat().st_mode & 0o077 == 0


PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n"


def test_a_key_is_read_as_text_or_from_a_file_and_never_told(monkeypatch, tmp_path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(PEM)
    for given in (PEM, PEM.replace("\n", "\\n"), str(file)):
        monkeypatch.setenv("ALIPAY_PRIVATE_KEY", given)
        assert environment.pem("ALIPAY_PRIVATE_KEY", "PRIVATE KEY") == PEM
    monkeypatch.setenv("ALIPAY_PRIVATE_KEY", "")
    assert environment.pem("ALIPAY_PRIVATE_KEY", "PRIVATE KEY") == ""
    for given in (PEM.replace("PRIVATE", "PUBLIC"), "MIIEvQ", "/nowhere", str(tmp_path)):
        monkeypatch.setenv("ALIPAY_PRIVATE_KEY", given)
        with pytest.raises(Exception, match="ALIPAY_PRIVATE_KEY must") as raised:
            environment.pem("ALIPAY_PRIVATE_KEY", "PRIVATE KEY")
        assert given not in str(raised.value)


def test_where_a_provider_may_send_a_browser_and_what_is_this_machine() -> None:
    assert environment.cashiers("http://127.0.0.1:8012/gateway.do") == ["http://127.0.0.1:8012"]
    stripe = environment.cashiers("https://api.stripe.com")
    assert stripe == ["https://api.stripe.com", "https://*.stripe.com"]
    found = [
        environment.is_loopback(address)
        for address in ("http://127.0.0.1:1/x", "http://localhost", "http://[::1]:2", "https://127.0.0.1.example", "https://api.stripe.com", "")
    ]  # fmt: skip
    assert found == [True, True, True, False, False, False]
