"""`cowork check` reports what is missing or unsafe, and fails when a connectivity check fails."""

import socket
from dataclasses import replace
from email.headerregistry import Address

import asyncpg
import pytest

from adapters.mail.smtp_server import SmtpServer, SmtpTls
from adapters.stripe.sandbox import sandbox_in_thread
from entrypoints.cli.checks.configuration import check_configuration
from entrypoints.cli.checks.connectivity import check_connectivity, check_smtp, postgres_version
from entrypoints.cli.checks.finding import Finding, Verdict
from entrypoints.settings import Settings, read_settings
from tests.cli.conftest import RunHere
from tests.databases import TestServer, named
from tests.mail.local_smtp_server import PASSWORD, USER, running_smtp_server
from tests.processes import SECRET

RANDOM_KEY = "8c1f0b9e7a6d5c4b3a29180f7e6d5c4b9a8f"
VALID = {
    "DATABASE_URL": "postgresql://cowork@database.example/cowork",
    "SECRET_KEY": RANDOM_KEY,
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
    return read_settings(VALID | changes)


def failures(findings: list[Finding]) -> list[str]:
    return [finding.subject for finding in findings if finding.verdict is Verdict.FAILED]


def test_valid_settings_are_reported_as_such() -> None:
    assert [finding.verdict for finding in check_configuration(settings())] == [Verdict.OK]


@pytest.mark.parametrize(
    "subject, changes",
    [
        ("SECRET_KEY", {"SECRET_KEY": ""}),
        ("SECRET_KEY", {"SECRET_KEY": "a" * 40}),
        ("SECRET_KEY", {"SECRET_KEY": f"{RANDOM_KEY},{RANDOM_KEY[::-1]}"}),
        ("SECRET_KEY", {"SECRET_KEY": f"{RANDOM_KEY},{RANDOM_KEY}"}),
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
def test_missing_or_unsafe_settings_are_named(subject: str, changes: dict[str, str]) -> None:
    findings = check_configuration(settings(**changes))
    assert subject in {finding.subject for finding in findings if finding.verdict is not Verdict.OK}


def test_no_secret_is_printed() -> None:
    findings = check_configuration(
        settings(SECRET_KEY=f"{'a' * 40},{RANDOM_KEY}", METRICS_TOKEN="short")
    )
    messages = "".join(finding.message for finding in findings)
    assert not any(
        secret in messages for secret in (RANDOM_KEY, "a" * 40, "short1", "teapots", "sk_live")
    )


def test_it_fails_when_a_connectivity_check_fails(
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
        printed = capsys.readouterr()
        assert "run `cowork migrate`" in printed.out
        assert "btree_gist" in printed.out
        assert printed.err == "cowork: 2 of the checks failed.\n"


@pytest.mark.parametrize(
    "number, version",
    [
        (180_001, "18.1"),
        (180_000, "18.0"),
        (150_014, "15.14"),
        (100_003, "10.3"),
        (90_624, "9.6.24"),
    ],
)
def test_the_server_version_is_written_as_postgresql_writes_it(number: int, version: str) -> None:
    assert postgres_version(number) == version


async def test_the_version_of_the_server_is_reported(empty_database_18: str) -> None:
    connection = await asyncpg.connect(empty_database_18)
    try:
        version = (await connection.fetchval("SHOW server_version")).partition(" ")[0]
    finally:
        await connection.close()
    [database, *_] = await check_connectivity(Settings(), empty_database_18)
    assert database == Finding.ok("database", f"Connected to PostgreSQL {version}.")


async def test_it_logs_in_to_the_mail_server_and_sends_nothing() -> None:
    async with running_smtp_server(starttls=True, log_in=True) as server:
        mail_server = SmtpServer(
            host="localhost",
            port=server.port,
            tls=SmtpTls.STARTTLS,
            user=USER,
            password=PASSWORD,
            sender=Address(addr_spec="office@example.com"),
            tls_context=server.tls_context,
        )
        assert (await check_smtp(mail_server)).verdict is Verdict.OK
        refused = await check_smtp(replace(mail_server, password="four blue teapots"))
        untrusted = await check_smtp(replace(mail_server, tls_context=None))
    assert (refused.verdict, untrusted.verdict) == (Verdict.FAILED, Verdict.FAILED)
    assert "teapots" not in refused.message
    assert not server.mails


async def test_it_looks_up_stripe_and_the_prices_of_plans(empty_database_18: str) -> None:
    with sandbox_in_thread() as sandbox:
        stripe = {
            "SMTP_HOST": "",
            "STRIPE_SECRET_KEY": "sk_test_sandbox",
            "STRIPE_API_BASE": sandbox.url,
            "STRIPE_HOT_DESK_PRICE_ID": "price_sandbox_hot_desk",
            "STRIPE_DEDICATED_PRICE_ID": "price_sandbox_dedicated_desk",
            "STRIPE_PRIVATE_OFFICE_PRICE_ID": "price_nobody_made",
        }
        [*_, finding] = await check_connectivity(settings(**stripe), empty_database_18)
    assert (finding.subject, finding.verdict) == ("Stripe", Verdict.FAILED)
    assert "price_nobody_made" in finding.message


async def test_an_unreachable_service_is_reported_without_the_password(
    server_18: TestServer,
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"postgresql://cowork:teapots@127.0.0.1:{unused.getsockname()[1]}/cowork"
        port = str(unused.getsockname()[1])
        findings = await check_connectivity(
            settings(
                SMTP_HOST="127.0.0.1",
                SMTP_PORT=port,
                STRIPE_API_BASE=f"http://127.0.0.1:{port}",
                DATABASE_READ_URL=named(server_18.dsn, "nowhere"),
            ),
            away,
        )
    assert failures(findings) == ["database", "read database", "SMTP", "Stripe"]
    assert "teapots" not in "".join(finding.message for finding in findings)
