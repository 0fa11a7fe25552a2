"""`cowork check` says what is missing or unsafe, and fails when something it tried does."""

import socket
from dataclasses import replace
from email.headerregistry import Address

import pytest

from adapters.mail.smtp_server import SmtpServer, SmtpTls
from adapters.stripe.sandbox import sandbox_in_thread
from entrypoints.cli.checks.configuration import review
from entrypoints.cli.checks.connectivity import attempts, greeted
from entrypoints.cli.checks.finding import Finding, Verdict
from entrypoints.settings import Settings, read_settings
from tests.cli.conftest import RunHere
from tests.databases import TestServer, named
from tests.mail.local_smtp_server import PASSWORD, USER, running_smtp_server
from tests.processes import SECRET

DRAWN = "8c1f0b9e7a6d5c4b3a29180f7e6d5c4b9a8f"
SOUND = {
    "DATABASE_URL": "postgresql://cowork@database.example/cowork",
    "SECRET_KEY": DRAWN,
    "FRONTEND_URL": "https://members.example.com",
    "ADMIN_URL": "https://admin.example.com",
    "STRIPE_SECRET_KEY": "sk_live_1234567890",
    "STRIPE_WEBHOOK_SECRET": "whsec_1234567890",
    "STRIPE_HOT_DESK_PRICE_ID": "price_1",
    "STRIPE_DEDICATED_PRICE_ID": "price_2",
    "STRIPE_PRIVATE_OFFICE_PRICE_ID": "price_3",
    "SMTP_HOST": "mail.example.com",
    "SMTP_FROM": "office@example.com",
    "SMTP_USER": "office",
    "SMTP_PASSWORD": "three blue teapots",
}


def settings(**changes: str) -> Settings:
    return read_settings(SOUND | changes)


def failures(found: list[Finding]) -> list[str]:
    return [one.subject for one in found if one.verdict is Verdict.FAILED]


def test_sound_settings_are_called_so() -> None:
    assert [one.verdict for one in review(settings())] == [Verdict.OK]


@pytest.mark.parametrize(
    "subject, changes",
    [
        ("SECRET_KEY", {"SECRET_KEY": ""}),
        ("SECRET_KEY", {"SECRET_KEY": "a" * 40}),
        ("SECRET_KEY", {"SECRET_KEY": f"{DRAWN},{DRAWN[::-1]}"}),
        ("SECRET_KEY", {"SECRET_KEY": f"{DRAWN},{DRAWN}"}),
        ("FRONTEND_URL", {"FRONTEND_URL": ""}),
        ("FRONTEND_URL", {"FRONTEND_URL": "http://members.example.com"}),
        ("ADMIN_URL", {"ADMIN_URL": "https://127.0.0.1:3001"}),
        ("STRIPE_SECRET_KEY", {"STRIPE_SECRET_KEY": ""}),
        ("STRIPE_SECRET_KEY", {"STRIPE_SECRET_KEY": "sk_test_1234567890"}),
        ("STRIPE_WEBHOOK_SECRET", {"STRIPE_WEBHOOK_SECRET": ""}),
        ("STRIPE_…_PRICE_ID", {"STRIPE_HOT_DESK_PRICE_ID": ""}),
        ("BOOKING_CONFIRMATION", {"BOOKING_CONFIRMATION": "immediate"}),
        ("BOOKING_CONFIRMATION", {"STRIPE_SECRET_KEY": "", "BOOKING_CONFIRMATION": "payment"}),
        ("SMTP_HOST", {"SMTP_HOST": ""}),
        ("SMTP_TLS", {"SMTP_TLS": "none"}),
        ("DATABASE_URL", {"DATABASE_URL": ""}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "0.0.0.0/0"}),
        ("METRICS_TOKEN", {"METRICS_TOKEN": "short"}),
    ],
)
def test_what_is_missing_or_unsafe_is_named(subject: str, changes: dict[str, str]) -> None:
    found = review(settings(**changes))
    assert subject in {one.subject for one in found if one.verdict is not Verdict.OK}


def test_no_secret_is_repeated() -> None:
    found = review(settings(SECRET_KEY=f"{'a' * 40},{DRAWN}", METRICS_TOKEN="short"))
    told = "".join(one.message for one in found)
    assert not any(secret in told for secret in (DRAWN, "a" * 40, "short1", "teapots", "sk_live"))


def test_it_fails_when_something_that_was_tried_does(
    cowork_here: RunHere,
    server_18: TestServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    with server_18.empty_database() as dsn:
        monkeypatch.setenv("DATABASE_URL", dsn)
        assert cowork_here("check") == 0
        assert "At revision" in capsys.readouterr().out
    with server_18.bare_database() as dsn:
        monkeypatch.setenv("DATABASE_URL", dsn)
        assert cowork_here("check") == 1
        told = capsys.readouterr()
        assert "run `cowork migrate`" in told.out
        assert "btree_gist" in told.out
        assert told.err == "cowork: 2 of the checks failed.\n"


async def test_a_mail_server_is_logged_in_to_and_given_nothing() -> None:
    async with running_smtp_server(starttls=True, log_in=True) as server:
        sound = SmtpServer(
            host="localhost",
            port=server.port,
            tls=SmtpTls.STARTTLS,
            user=USER,
            password=PASSWORD,
            sender=Address(addr_spec="office@example.com"),
            tls_context=server.tls_context,
        )
        assert (await greeted(sound)).verdict is Verdict.OK
        refused = await greeted(replace(sound, password="four blue teapots"))
        untrusted = await greeted(replace(sound, tls_context=None))
    assert (refused.verdict, untrusted.verdict) == (Verdict.FAILED, Verdict.FAILED)
    assert "teapots" not in refused.message
    assert not server.mails


async def test_stripe_and_the_prices_of_plans_are_asked_for(empty_database_18: str) -> None:
    with sandbox_in_thread() as sandbox:
        stripe = {
            "SMTP_HOST": "",
            "STRIPE_SECRET_KEY": "sk_test_sandbox",
            "STRIPE_API_BASE": sandbox.url,
            "STRIPE_HOT_DESK_PRICE_ID": "price_sandbox_hot_desk",
            "STRIPE_DEDICATED_PRICE_ID": "price_sandbox_dedicated_desk",
            "STRIPE_PRIVATE_OFFICE_PRICE_ID": "price_nobody_made",
        }
        [*_, told] = await attempts(settings(**stripe), empty_database_18)
    assert (told.subject, told.verdict) == ("Stripe", Verdict.FAILED)
    assert "price_nobody_made" in told.message


async def test_what_is_away_is_found_and_the_password_not_shown(server_18: TestServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"postgresql://cowork:teapots@127.0.0.1:{unused.getsockname()[1]}/cowork"
        port = str(unused.getsockname()[1])
        found = await attempts(
            settings(
                SMTP_HOST="127.0.0.1",
                SMTP_PORT=port,
                STRIPE_API_BASE=f"http://127.0.0.1:{port}",
                DATABASE_READ_URL=named(server_18.dsn, "nowhere"),
            ),
            away,
        )
    assert failures(found) == ["database", "read database", "SMTP", "Stripe"]
    assert "teapots" not in "".join(one.message for one in found)
