"""Users and the security log, over HTTP."""

from domain.users import Role
from tests.http.service import PASSWORD, Service


async def test_admins_find_users_by_role_state_and_text(service: Service) -> None:
    chief = await service.a_person(Role.SUPER_ADMIN, "chief@example.com")
    ada = await service.a_person(email="ada@example.com")
    grace = await service.a_person(email="bob@example.com")
    await chief.expect(200, "PATCH", f"/api/users/{grace.id}", json={"is_active": False})

    async def user_ids(**params: object) -> list[str]:
        page = await chief.expect(200, "GET", "/api/users", params=params)
        return [user["id"] for user in page["items"]]

    assert await user_ids() == [chief.id, ada.id, grace.id]
    assert await user_ids(role="MEMBER") == [ada.id, grace.id]
    assert await user_ids(is_active="false") == [grace.id]
    assert await user_ids(q="ADA@") == [ada.id]
    assert await user_ids(q="Person") == [chief.id, ada.id, grace.id]
    assert await user_ids(q="%") == []
    first = await chief.expect(200, "GET", "/api/users", params={"limit": 2})
    assert await user_ids(limit=2, cursor=first["next_cursor"]) == [grace.id]


async def test_an_admin_sees_a_user_as_the_user_does(service: Service) -> None:
    admin, person = await service.an_admin(), await service.a_person()
    shown = await admin.expect(200, "GET", f"/api/users/{person.id}")
    assert shown == await person.expect(200, "GET", "/auth/me")
    unknown_id = "0191b1c2-0000-7000-8000-000000000000"
    await admin.expect_problem(404, "not_found", "GET", f"/api/users/{unknown_id}")


async def test_an_admin_deactivates_members_only_and_changes_no_role(service: Service) -> None:
    admin, member = await service.an_admin(), await service.a_person()
    other, chief = await service.an_admin(), await service.a_person(Role.SUPER_ADMIN)
    off, on = {"is_active": False}, {"is_active": True}
    for changes in (off, on):
        await admin.expect(200, "PATCH", f"/api/users/{member.id}", json=changes)
    for person in (other, chief):
        await admin.expect_problem(403, "forbidden", "PATCH", f"/api/users/{person.id}", json=off)
    await admin.expect_problem(
        403, "forbidden", "PATCH", f"/api/users/{member.id}", json={"role": "ADMIN"}
    )
    await chief.expect(200, "PATCH", f"/api/users/{other.id}", json=off)


async def test_the_last_super_admin_cannot_be_removed(service: Service) -> None:
    chief = await service.a_person(Role.SUPER_ADMIN)
    path = f"/api/users/{chief.id}"
    for changes in ({"role": "MEMBER"}, {"is_active": False}):
        await chief.expect_problem(409, "last_super_admin", "PATCH", path, json=changes)
    await service.a_person(Role.SUPER_ADMIN)
    assert (await chief.expect(200, "PATCH", path, json={"role": "ADMIN"}))["role"] == "ADMIN"


async def test_the_log_shows_actor_event_and_address_newest_first(service: Service) -> None:
    chief, person = await service.a_person(Role.SUPER_ADMIN), await service.a_person()
    room = await service.a_space()
    booking = await person.book(room, 9, 10)
    await chief.expect(200, "PATCH", f"/api/users/{person.id}", json={"role": "ADMIN"})

    async def entries(**params: object) -> list[dict[str, object]]:
        page = await chief.expect(200, "GET", "/api/audit", params=params)
        return list(page["items"])

    [changed] = await entries(event="user.role_changed")
    assert changed == {
        "id": changed["id"],
        "at": changed["at"],
        "event": "user.role_changed",
        "actor_id": chief.id,
        "subject_type": "user",
        "subject_id": person.id,
        "client_address": "192.0.2.1",
        "details": changed["details"],
    }
    assert [entry["event"] for entry in await entries(subject=booking["id"])] == ["booking.created"]
    by_person = [entry["event"] for entry in await entries(actor=person.id)]
    assert by_person == ["booking.created", "user.logged_in"]
    everything = await entries()
    assert everything[0] == changed
    first = await chief.expect(200, "GET", "/api/audit", params={"limit": 2})
    following = await entries(limit=200, cursor=first["next_cursor"])
    assert first["items"] + following == everything


async def test_the_log_contains_no_secret(service: Service) -> None:
    chief = await service.a_person(Role.SUPER_ADMIN)
    await service.anonymous.post(
        "/auth/login", json={"email": PASSWORD, "password": "typed in the wrong field"}
    )
    token = {"refresh_token": chief.session["refresh_token"]}
    await service.anonymous.expect(200, "POST", "/auth/refresh", json=token)
    await service.anonymous.expect_problem(
        401, "refresh_token_reused", "POST", "/auth/refresh", json=token
    )
    chief = await service.log_in(chief.email)
    log = (await chief.get("/api/audit?limit=200")).text
    assert "session.refresh_reused" in log
    assert "user.log_in_failed" in log
    for secret in (PASSWORD, "typed in the wrong field", token["refresh_token"], "argon2"):
        assert secret not in log
