"""Accounts and logins keep their promises under concurrency, at two worker processes."""

import time
from statistics import median

import pytest

from domain.users import Role
from tests.concurrency.concurrent_clients import PASSWORD, Call, ConcurrentClients, post, tally

HASHED_AT_ONCE = 16
"""Callers whose passwords are all hashed: more than the ten attempts of one account that may be
pending, and few enough for each to get its turn within seconds on a machine at a tenth of the usual
speed. A caller that does not gets 503 or 429, which is correct, but a different rule.
"""
GUESSES = 1000
TRIES = 504
"""Number of measurements of each kind."""
MAX_TRIES_EACH = 9
"""One more would trigger the rate limit."""


def a_person() -> dict[str, str]:
    """Return the sign-up body of a new user."""
    email = f"ada-{time.monotonic_ns()}@example.com"
    return {"email": email, "password": PASSWORD, "full_name": "Ada Lovelace"}


async def test_of_concurrent_sign_ups_with_one_address_one_gets_an_account(
    clients: ConcurrentClients,
) -> None:
    name = f"Ada-{time.monotonic_ns()}@Example.com"
    spellings = [name.lower(), name, name.upper()]
    answers = await clients.at_once(
        post("/auth/signup", a_person() | {"email": spellings[n % 3]})
        for n in range(HASHED_AT_ONCE)
    )
    assert tally(answers) == {(201, None): 1, (409, "email_taken"): HASHED_AT_ONCE - 1}
    named = "SELECT count(*) FROM users WHERE email = $1"
    assert await clients.count(named, spellings[0].lower()) == 1


async def test_of_32_refreshes_with_one_token_one_succeeds_and_the_session_is_revoked(
    clients: ConcurrentClients,
) -> None:
    session = (await clients.connections[0].request("POST", "/auth/signup", a_person())).json
    used = {"refresh_token": session["refresh_token"]}
    answers = await clients.at_once(post("/auth/refresh", used) for _ in range(32))
    assert tally(answers) == {(200, None): 1, (401, "refresh_token_reused"): 31}
    following = next(answer.json for answer in answers if answer.status == 200)
    dead = await clients.connections[0].request(
        "POST", "/auth/refresh", {"refresh_token": following["refresh_token"]}
    )
    assert (dead.status, dead.json["code"]) == (401, "invalid_token")


async def test_of_1000_guesses_at_most_ten_are_verified(clients: ConcurrentClients) -> None:
    person = a_person()
    await clients.connections[0].request("POST", "/auth/signup", person)
    answers = await clients.at_once(
        post("/auth/login", {"email": person["email"], "password": f"guess {n}"})
        for n in range(GUESSES)
    )
    seen = tally(answers)
    assert set(seen) == {(401, "invalid_credentials"), (429, "rate_limited")}
    assert seen[(401, "invalid_credentials")] <= 10
    right = await clients.connections[0].request(
        "POST", "/auth/login", {"email": person["email"], "password": PASSWORD}
    )
    assert right.status == 429
    assert int(right.headers["retry-after"]) > 0


async def test_many_correct_concurrent_log_ins_all_succeed(clients: ConcurrentClients) -> None:
    person = a_person()
    await clients.connections[0].request("POST", "/auth/signup", person)
    right = {"email": person["email"], "password": PASSWORD}
    answers = await clients.at_once(post("/auth/login", right) for _ in range(HASHED_AT_ONCE))
    assert tally(answers) == {(200, None): HASHED_AT_ONCE}


async def test_two_super_admins_who_demote_each_other_leave_one(clients: ConcurrentClients) -> None:
    for _ in range(10):
        await clients.run("UPDATE users SET role = 'MEMBER'")
        chiefs = [await clients.a_person(Role.SUPER_ADMIN) for _ in range(2)]
        ids = [
            (await clients.connections[0].request("GET", "/auth/me", headers=chief)).json["id"]
            for chief in chiefs
        ]

        def demote(chief: dict[str, str], user_id: str) -> Call:
            path, body = f"/api/users/{user_id}", {"role": "MEMBER"}
            return lambda client: client.request("PATCH", path, body, chief)

        answers = await clients.at_once([demote(chiefs[0], ids[1]), demote(chiefs[1], ids[0])])
        first, second = sorted(answer.status for answer in answers)
        assert first == 200
        # The second finds itself demoted, or is the last super admin.
        assert second in {403, 409}
        left = "SELECT count(*) FROM users WHERE role = 'SUPER_ADMIN' AND is_active"
        assert await clients.count(left) == 1


async def test_a_deactivation_takes_effect_at_once_at_every_worker(
    clients: ConcurrentClients,
) -> None:
    chief, person = await clients.a_person(Role.SUPER_ADMIN), await clients.a_person()
    me = (await clients.connections[0].request("GET", "/auth/me", headers=person)).json
    done = await clients.connections[0].request(
        "PATCH", f"/api/users/{me['id']}", {"is_active": False}, chief
    )
    assert done.status == 200

    looks: list[Call] = [lambda client: client.request("GET", "/auth/me", headers=person)] * 64
    assert tally(await clients.at_once(looks)) == {(401, "invalid_token"): 64}


@pytest.mark.soak  # Holds on an otherwise idle machine.
async def test_known_and_unknown_addresses_take_as_long_to_refuse(
    clients: ConcurrentClients,
) -> None:
    client = clients.connections[0]
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(TRIES // MAX_TRIES_EACH):
        known, unknown = a_person(), a_person()
        await client.request("POST", "/auth/signup", known)
        people = {"known": known["email"], "unknown": unknown["email"]}
        for _ in range(MAX_TRIES_EACH):
            for kind, email in people.items():
                began = time.perf_counter()
                body = {"email": email, "password": "wrong"}
                answer = await client.request("POST", "/auth/login", body)
                took[kind].append(time.perf_counter() - began)
                assert answer.status == 401
    assert abs(median(took["known"]) - median(took["unknown"])) < 0.005
