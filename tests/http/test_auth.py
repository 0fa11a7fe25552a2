"""Sign-up, login and log-out, passwords and sessions, over HTTP."""

import pytest

from adapters.postgres import PostgresDatabase
from application.mails.mail import AccountContent
from domain.users import Role
from tests.entities import HOUR
from tests.http.service import PASSWORD, Service, at, running_service

ADA = {"email": "ada@example.com", "password": PASSWORD, "full_name": "Ada Lovelace"}
NEW_PASSWORD = "another horse and battery"


async def test_a_sign_up_creates_a_member_who_is_logged_in(service: Service) -> None:
    session = await service.anonymous.expect(
        201, "POST", "/auth/signup", json=ADA | {"phone": "555-0100", "company": "Engines"}
    )
    assert session == {
        "access_token": session["access_token"],
        "refresh_token": session["refresh_token"],
        "token_type": "Bearer",
        "expires_in": 24 * 60 * 60,
        "user": {
            "id": session["user"]["id"],
            "email": "ada@example.com",
            "full_name": "Ada Lovelace",
            "role": "MEMBER",
            "is_active": True,
            "phone": "555-0100",
            "company": "Engines",
            "locale": "en",
            "reminders": True,
            "created_at": at(8),
        },
    }
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await service.anonymous.get("/auth/me", headers=bearer)).json() == session["user"]


async def test_a_sign_up_cannot_set_a_role(service: Service) -> None:
    await service.anonymous.expect_problem(
        400, "validation_error", "POST", "/auth/signup", json=ADA | {"role": "ADMIN"}
    )


@pytest.mark.parametrize(
    "spelling", ["ada@example.com", "ADA@Example.COM", " \uff41da@example.com"]
)
async def test_an_address_has_one_account_however_it_is_spelt(
    service: Service, spelling: str
) -> None:
    await service.anonymous.expect(201, "POST", "/auth/signup", json=ADA)
    await service.anonymous.expect_problem(
        409, "email_taken", "POST", "/auth/signup", json=ADA | {"email": spelling}
    )
    assert (await service.log_in(spelling)).email == "ada@example.com"


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "ada@example.com", "ADA@example.com", "password1", "PASSword2"],
    ids=["short", "long", "the address", "the address in capitals", "common", "common in capitals"],
)
async def test_a_common_password_is_rejected(service: Service, password: str) -> None:
    problem = await service.anonymous.expect_problem(
        400, "validation_error", "POST", "/auth/signup", json=ADA | {"password": password}
    )
    assert [error["field"] for error in problem["errors"]] == ["password"]


async def test_a_password_may_contain_any_unicode(service: Service) -> None:
    await service.anonymous.expect(
        201, "POST", "/auth/signup", json=ADA | {"password": "çok gizli ☂"}
    )
    await service.log_in(ADA["email"], "çok gizli ☂")


async def test_failed_log_ins_are_indistinguishable(service: Service) -> None:
    admin, gone = await service.a_person(Role.SUPER_ADMIN), await service.a_person()
    await admin.expect(200, "PATCH", f"/api/users/{gone.id}", json={"is_active": False})
    tries = [(admin.email, "wrong"), ("unknown@example.com", PASSWORD), (gone.email, PASSWORD)]
    problems = [
        await service.anonymous.expect_problem(
            401, "invalid_credentials", "POST", "/auth/login", json={"email": e, "password": p}
        )
        for e, p in tries
    ]
    assert problems[0] == problems[1] == problems[2]


async def test_an_access_token_expires(database: PostgresDatabase) -> None:
    async with running_service(database, ACCESS_TOKEN_MINUTES="15") as service:
        person = await service.a_person()
        service.set_time(8.24)
        await person.expect(200, "GET", "/auth/me")
        service.set_time(8.25)
        await person.expect_problem(401, "invalid_token", "GET", "/auth/me")


async def test_a_refresh_token_works_once_and_gives_the_next(service: Service) -> None:
    person = await service.a_person()
    used = {"refresh_token": person.session["refresh_token"]}
    session = await service.anonymous.expect(200, "POST", "/auth/refresh", json=used)
    assert session["user"]["id"] == person.id
    following = {"refresh_token": session["refresh_token"]}
    await service.anonymous.expect(200, "POST", "/auth/refresh", json=following)


async def test_reuse_of_a_refresh_token_revokes_the_whole_session(
    service: Service,
) -> None:
    person = await service.a_person()
    used = {"refresh_token": person.session["refresh_token"]}
    session = await service.anonymous.expect(200, "POST", "/auth/refresh", json=used)
    await service.anonymous.expect_problem(
        401, "refresh_token_reused", "POST", "/auth/refresh", json=used
    )
    following = {"refresh_token": session["refresh_token"]}
    await service.anonymous.expect_problem(
        401, "invalid_token", "POST", "/auth/refresh", json=following
    )
    for access_token in (person.session["access_token"], session["access_token"]):
        bearer = {"Authorization": f"Bearer {access_token}"}
        await service.anonymous.expect_problem(
            401, "invalid_token", "GET", "/auth/me", headers=bearer
        )
    await service.log_in(person.email)


async def test_after_log_out_the_refresh_token_is_invalid(service: Service) -> None:
    person = await service.a_person()
    token = {"refresh_token": person.session["refresh_token"]}
    await service.anonymous.expect(204, "POST", "/auth/logout", json=token)
    await service.anonymous.expect_problem(
        401, "invalid_token", "POST", "/auth/refresh", json=token
    )
    await service.anonymous.expect(204, "POST", "/auth/logout", json=token)


async def test_users_list_and_end_their_own_sessions(service: Service) -> None:
    phone = await service.a_person()
    service.set_time(8.1)
    laptop = await service.log_in(phone.email)
    listed = (await laptop.expect(200, "GET", "/auth/sessions"))["items"]
    assert [session["current"] for session in listed] == [True, False]
    assert listed[1] == {
        "id": listed[1]["id"],
        "created_at": at(8),
        "last_used_at": at(8),
        "user_agent": listed[1]["user_agent"],
        "client_address": "192.0.2.1",
        "current": False,
    }
    await laptop.expect(204, "DELETE", f"/auth/sessions/{listed[1]['id']}")
    await phone.expect_problem(401, "invalid_token", "GET", "/auth/me")
    assert len((await laptop.expect(200, "GET", "/auth/sessions"))["items"]) == 1


async def test_a_session_of_another_user_is_indistinguishable_from_none(service: Service) -> None:
    owner, other = await service.a_person(), await service.a_person()
    theirs = (await owner.expect(200, "GET", "/auth/sessions"))["items"][0]["id"]
    await other.expect_problem(404, "not_found", "DELETE", f"/auth/sessions/{theirs}")
    await owner.expect(200, "GET", "/auth/me")


async def test_users_change_their_own_profile(service: Service) -> None:
    person = await service.a_person()
    changes = {"full_name": "Ada King", "phone": "555-0101", "locale": "tr", "reminders": False}
    changed = await person.expect(200, "PATCH", "/auth/me", json=changes)
    assert changed == person.session["user"] | changes
    assert await person.expect(200, "GET", "/auth/me") == changed
    cleared = await person.expect(200, "PATCH", "/auth/me", json={"phone": None})
    assert cleared == changed | {"phone": None}
    for wrong in (
        {"locale": "xx"},
        {"email": "a@b.example"},
        {"full_name": None},
        {"role": "ADMIN"},
    ):
        await person.expect_problem(400, "validation_error", "PATCH", "/auth/me", json=wrong)


async def test_a_password_change_revokes_every_other_session_and_every_access_token(
    service: Service,
) -> None:
    here = await service.a_person()
    elsewhere = await service.log_in(here.email)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    await here.expect(204, "POST", "/auth/password", json=body)
    for person in (here, elsewhere):
        await person.expect_problem(401, "invalid_token", "GET", "/auth/me")
    current, ended = (
        {"refresh_token": person.session["refresh_token"]} for person in (here, elsewhere)
    )
    await service.anonymous.expect(200, "POST", "/auth/refresh", json=current)
    await service.anonymous.expect_problem(
        401, "invalid_token", "POST", "/auth/refresh", json=ended
    )
    await service.log_in(here.email, NEW_PASSWORD)


async def test_a_password_change_needs_the_current_password(service: Service) -> None:
    person = await service.a_person()
    body = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    await person.expect_problem(401, "invalid_credentials", "POST", "/auth/password", json=body)
    await service.log_in(person.email)


async def mailed_link(service: Service) -> str:
    [mail] = await service.deliver()
    assert isinstance(mail.content, AccountContent)
    return mail.content.link


async def test_a_forgotten_password_is_reset_with_the_mailed_link(service: Service) -> None:
    person = await service.a_person()
    await service.anonymous.expect(
        202, "POST", "/auth/password/forgot", json={"email": person.email}
    )
    link = await mailed_link(service)
    prefix = "http://localhost:3000/reset-password?token="
    assert link.startswith(prefix)
    body = {"token": link.removeprefix(prefix), "new_password": NEW_PASSWORD}
    await service.anonymous.expect(204, "POST", "/auth/password/reset", json=body)
    await person.expect_problem(401, "invalid_token", "GET", "/auth/me")
    await service.log_in(person.email, NEW_PASSWORD)
    await service.anonymous.expect_problem(
        401, "invalid_token", "POST", "/auth/password/reset", json=body
    )


async def test_the_mailed_link_is_valid_for_an_hour(service: Service) -> None:
    person = await service.a_person()
    await service.anonymous.expect(
        202, "POST", "/auth/password/forgot", json={"email": person.email}
    )
    token = (await mailed_link(service)).partition("token=")[2]
    service.set_time(9)
    await service.anonymous.expect_problem(
        401,
        "invalid_token",
        "POST",
        "/auth/password/reset",
        json={"token": token, "new_password": NEW_PASSWORD},
    )


async def test_the_link_uses_the_configured_url_whatever_the_host_header(service: Service) -> None:
    person = await service.a_person()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    await service.anonymous.expect(
        202, "POST", "/auth/password/forgot", json={"email": person.email}, headers=headers
    )
    assert (await mailed_link(service)).startswith("http://localhost:3000/")


@pytest.mark.parametrize("email", ["unknown@example.com", "no address at all", ""])
async def test_an_unknown_address_gets_the_same_response_and_no_mail(
    service: Service, email: str
) -> None:
    await service.anonymous.expect(202, "POST", "/auth/password/forgot", json={"email": email})
    assert await service.deliver() == []


async def test_a_deactivated_user_is_locked_out_at_once(service: Service) -> None:
    admin, person = await service.an_admin(), await service.a_person()
    await admin.expect(200, "PATCH", f"/api/users/{person.id}", json={"is_active": False})
    await person.expect_problem(401, "invalid_token", "GET", "/auth/me")
    token = {"refresh_token": person.session["refresh_token"]}
    await service.anonymous.expect_problem(
        401, "invalid_token", "POST", "/auth/refresh", json=token
    )


async def test_a_new_role_applies_at_once_to_issued_tokens(service: Service) -> None:
    chief, person = await service.a_person(Role.SUPER_ADMIN), await service.a_person()
    await person.expect_problem(403, "forbidden", "GET", "/api/users")
    await chief.expect(200, "PATCH", f"/api/users/{person.id}", json={"role": "ADMIN"})
    await person.expect(200, "GET", "/api/users")


async def test_ten_wrong_passwords_block_the_right_one_too(
    database: PostgresDatabase,
) -> None:
    async with running_service(database, LOGIN_ATTEMPTS_PER_15_MINUTES="10") as service:
        await service.anonymous.expect(201, "POST", "/auth/signup", json=ADA)
        wrong = {"email": ADA["email"], "password": "wrong"}
        right = {"email": ADA["email"].upper(), "password": PASSWORD}
        for _ in range(10):
            await service.anonymous.expect_problem(
                401, "invalid_credentials", "POST", "/auth/login", json=wrong
            )
        response = await service.anonymous.post("/auth/login", json=right)
        assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
        assert 0 < int(response.headers["retry-after"]) <= 15 * 60
        service.clock.advance(HOUR / 4)
        await service.anonymous.expect(200, "POST", "/auth/login", json=right)


@pytest.mark.parametrize(
    "setting, path, body, usual",
    [
        ("SIGNUPS_PER_HOUR", "/auth/signup", ADA, {201, 409}),
        ("REFRESHES_PER_HOUR", "/auth/refresh", {"refresh_token": "none"}, {401}),
        ("PASSWORD_RESETS_PER_HOUR", "/auth/password/forgot", {"email": "a@b.example"}, {202}),
    ],
)
async def test_calls_of_one_address_are_limited_per_hour(
    database: PostgresDatabase, setting: str, path: str, body: dict[str, str], usual: set[int]
) -> None:
    async with running_service(database, **{setting: "3"}) as service:
        for _ in range(3):
            assert (await service.anonymous.post(path, json=body)).status_code in usual
        await service.anonymous.expect_problem(429, "rate_limited", "POST", path, json=body)
        service.clock.advance(HOUR)
        assert (await service.anonymous.post(path, json=body)).status_code in usual
