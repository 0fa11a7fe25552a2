"""SMTP settings: which are accepted, and that invalid ones prevent the start."""

import pytest

from entrypoints.settings import SettingsError, SmtpTls, read_settings

VALID = {"SMTP_HOST": "mail.example.com", "SMTP_FROM": "office@example.com"}


def test_without_a_host_there_is_no_server() -> None:
    assert read_settings({}).smtp is None
    assert read_settings({"SMTP_PORT": "25", "SMTP_USER": "x"}).smtp is None


@pytest.mark.parametrize("tls, port", [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_is_the_default_one_unless_it_is_set(tls: str, port: int) -> None:
    server = read_settings(VALID | {"SMTP_TLS": tls}).smtp
    assert server is not None
    assert (server.port, server.tls) == (port, SmtpTls(tls))
    other = read_settings(VALID | {"SMTP_TLS": tls, "SMTP_PORT": "2525"}).smtp
    assert other is not None
    assert other.port == 2525


def test_starttls_is_the_default() -> None:
    server = read_settings(VALID).smtp
    assert server is not None
    assert server.tls is SmtpTls.STARTTLS


@pytest.mark.parametrize(
    "text, name",
    [
        ("office@example.com", ""),
        ("Harbour House <office@example.com>", "Harbour House"),
        ('"Harbour, House" <office@example.com>', "Harbour, House"),
        ("Çınar <office@EXAMPLE.com>", "Çınar"),  # noqa: RUF001 - a Turkish name
    ],
)
def test_the_sender_may_have_a_name(text: str, name: str) -> None:
    server = read_settings(VALID | {"SMTP_FROM": text}).smtp
    assert server is not None
    assert (server.sender.display_name, server.sender.addr_spec) == (name, "office@example.com")


@pytest.mark.parametrize(
    "variable, value",
    [
        ("SMTP_FROM", ""),
        ("SMTP_FROM", "office"),
        ("SMTP_FROM", "House <office@example.com"),
        ("SMTP_FROM", "office@example.com>"),
        ("SMTP_FROM", "Hou\rse <office@example.com>"),
        ("SMTP_HOST", "mail example"),
        ("SMTP_HOST", "http://mail.example"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "65536"),
        ("SMTP_TLS", "ssl"),
        ("SMTP_USER", "office"),
        ("SMTP_PASSWORD", "a secret word"),
        ("SMTP_PASSWORD", "a secret\nword"),
    ],
)
def test_an_invalid_setting_is_named_and_no_secret_is_shown(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_settings(VALID | {variable: value})
    assert variable in str(wrong.value)
    assert "secret" not in str(wrong.value)


def test_no_password_is_printed() -> None:
    log_in = {"SMTP_USER": "office", "SMTP_PASSWORD": "three blue teapots"}
    settings = read_settings(VALID | log_in)
    assert "teapots" not in f"{settings!r} {settings.smtp!r}"
