"""Finding spaces, their availability, and managing them, over HTTP."""

from tests.http.service import Service, at, booking_body

WEEK = {"monday": [["09:00", "12:00"], ["13:00", "18:00"]]}


async def test_a_new_space_is_visible_to_everyone(service: Service) -> None:
    admin = await service.an_admin()
    body = {
        "name": "Cedar",
        "description": "A quiet room.",
        "space_type": "MEETING_ROOM",
        "capacity": 8,
        "hourly_rate": "12.5",
        "daily_rate": 80,
        "amenities": ["screen", "whiteboard"],
        "opening_hours": WEEK,
    }
    response = await admin.post("/api/spaces", json=body)
    space = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/spaces/{space['id']}"
    assert space == body | {
        "id": space["id"],
        "hourly_rate": "12.50",
        "daily_rate": "80.00",
        "monthly_rate": None,
        "is_active": True,
        "version": 1,
        "created_at": at(8),
        "updated_at": at(8),
    }
    seen = await service.anonymous.get(f"/api/spaces/{space['id']}")
    assert (seen.json(), seen.headers["etag"]) == (space, '"1"')


async def test_only_admins_manage_spaces(service: Service) -> None:
    member, space = await service.a_person(), await service.a_space()
    path = f"/api/spaces/{space['id']}"
    body = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 1, "hourly_rate": 1}
    await member.expect_problem(403, "forbidden", "POST", "/api/spaces", json=body)
    await member.expect_problem(403, "forbidden", "PUT", path, json={"name": "Mine"})
    await member.expect_problem(403, "forbidden", "DELETE", path)
    await service.anonymous.expect_problem(401, "unauthenticated", "DELETE", path)


async def test_a_space_needs_a_rate(service: Service) -> None:
    admin = await service.an_admin()
    body = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 1}
    problem = await admin.expect_problem(400, "validation_error", "POST", "/api/spaces", json=body)
    assert problem["errors"][0]["field"] == "hourly_rate"


async def test_only_the_sent_fields_change(service: Service) -> None:
    admin, space = await service.an_admin(), await service.a_space()
    path = f"/api/spaces/{space['id']}"
    response = await admin.put(path, json={"name": "Lake room", "monthly_rate": "900"})
    assert response.headers["etag"] == '"2"'
    assert response.json() == space | {"name": "Lake room", "monthly_rate": "900.00", "version": 2}


async def test_null_removes_a_rate_but_not_the_last_one(service: Service) -> None:
    admin, space = await service.an_admin(), await service.a_space(daily_rate=50)
    path = f"/api/spaces/{space['id']}"
    changed = await admin.expect(200, "PUT", path, json={"hourly_rate": None})
    assert changed["hourly_rate"] is None
    await admin.expect_problem(400, "validation_error", "PUT", path, json={"daily_rate": None})


async def test_an_outdated_version_changes_nothing(service: Service) -> None:
    admin, space = await service.an_admin(), await service.a_space()
    path = f"/api/spaces/{space['id']}"
    await admin.expect(200, "PUT", path, json={"name": "One"}, headers={"If-Match": '"1"'})
    for stale in ('"1"', '"99999999999999999999"', "2", 'W/"2"', "nonsense", ""):
        await admin.expect_problem(
            412, "version_mismatch", "PUT", path, json={"name": "No"}, headers={"If-Match": stale}
        )
    assert (await admin.expect(200, "GET", path))["name"] == "One"
    await admin.expect(200, "PUT", path, json={"name": "Two"}, headers={"If-Match": '"2"'})


async def test_a_booked_desk_cannot_be_removed(service: Service) -> None:
    admin = await service.an_admin()
    zone = await service.a_space(space_type="HOT_DESK", capacity=2)
    for _ in range(2):
        await admin.book(zone, 9, 10)
    path = f"/api/spaces/{zone['id']}"
    await admin.expect_problem(409, "desk_in_use", "PUT", path, json={"capacity": 1})
    service.set_time(10)
    assert (await admin.expect(200, "PUT", path, json={"capacity": 1}))["capacity"] == 1


async def test_a_deleted_space_is_visible_to_admins_only(service: Service) -> None:
    admin, member, space = (
        await service.an_admin(),
        await service.a_person(),
        await service.a_space(),
    )
    path = f"/api/spaces/{space['id']}"
    await admin.expect(204, "DELETE", path)
    for person in (service.anonymous, member):
        await person.expect_problem(404, "not_found", "GET", path)
        assert (await person.expect(200, "GET", "/api/spaces"))["items"] == []
        inactive = await person.expect(200, "GET", "/api/spaces", params={"is_active": "false"})
        assert inactive["items"] == []
    assert (await admin.expect(200, "GET", path))["is_active"] is False
    assert len((await admin.expect(200, "GET", "/api/spaces"))["items"]) == 1


async def test_a_space_with_upcoming_bookings_is_deleted_only_together_with_them(
    service: Service,
) -> None:
    admin, member = await service.an_admin(), await service.a_person()
    space = await service.a_space()
    booking = await member.book(space, 9, 10)
    path = f"/api/spaces/{space['id']}"
    await admin.expect_problem(409, "space_has_bookings", "DELETE", path)
    await admin.expect(204, "DELETE", path, params={"cancel_bookings": "true"})
    seen = await member.expect(200, "GET", f"/api/bookings/{booking['id']}")
    assert (seen["status"], seen["cancel_reason"]) == ("CANCELLED", "The space was closed.")


async def test_types_are_counted(service: Service) -> None:
    await service.a_space()
    await service.a_space(space_type="HOT_DESK", capacity=3)
    types = await service.anonymous.expect(200, "GET", "/api/spaces/types")
    assert types["items"] == [
        {"space_type": "HOT_DESK", "label": "Hot desk", "active_spaces": 1},
        {"space_type": "DEDICATED_DESK", "label": "Dedicated desk", "active_spaces": 0},
        {"space_type": "PRIVATE_OFFICE", "label": "Private office", "active_spaces": 0},
        {"space_type": "MEETING_ROOM", "label": "Meeting room", "active_spaces": 1},
    ]


async def test_spaces_are_filtered_by_type_and_capacity_and_paged(service: Service) -> None:
    small, large = await service.a_space(capacity=2), await service.a_space(capacity=10)
    zone = await service.a_space(space_type="HOT_DESK", capacity=5)

    async def space_ids(**params: object) -> list[str]:
        page = await service.anonymous.expect(200, "GET", "/api/spaces", params=params)
        return [space["id"] for space in page["items"]]

    assert await space_ids() == [small["id"], large["id"], zone["id"]]
    assert await space_ids(space_type="HOT_DESK") == [zone["id"]]
    assert await space_ids(min_capacity=5) == [large["id"], zone["id"]]
    first = await service.anonymous.expect(200, "GET", "/api/spaces", params={"limit": 2})
    assert await space_ids(limit=2, cursor=first["next_cursor"]) == [zone["id"]]


async def test_with_a_period_only_spaces_free_for_all_of_it_are_listed(service: Service) -> None:
    member = await service.a_person()
    taken, free = await service.a_space(), await service.a_space()
    await service.a_space(opening_hours={"tuesday": [["09:00", "18:00"]]})
    await member.book(taken, 9.5, 10.5)

    async def space_ids(start: float, end: float) -> list[str]:
        params = {"available_from": at(start), "available_to": at(end)}
        page = await service.anonymous.expect(200, "GET", "/api/spaces", params=params)
        return [space["id"] for space in page["items"]]

    assert await space_ids(9, 10) == [free["id"]]
    assert await space_ids(10.5, 11) == [taken["id"], free["id"]]


async def test_availability_shows_free_and_busy_within_opening_hours_from_now_on(
    service: Service,
) -> None:
    member, room = await service.a_person(), await service.a_space(opening_hours=WEEK)
    await member.book(room, 10, 11)
    service.set_time(9.5)
    params = {"start_time": at(0), "end_time": at(24)}
    response = await service.anonymous.expect(
        200, "GET", f"/api/spaces/{room['id']}/availability", params=params
    )
    assert response == {
        "space_id": room["id"],
        "start_time": at(0),
        "end_time": at(24),
        "is_available": False,
        "free": [
            {"start_time": at(9.5), "end_time": at(10), "desks_free": 1},
            {"start_time": at(11), "end_time": at(12), "desks_free": 1},
            {"start_time": at(13), "end_time": at(18), "desks_free": 1},
        ],
        "busy": [{"start_time": at(10), "end_time": at(11)}],
    }


async def test_is_available_predicts_the_outcome_of_a_booking(service: Service) -> None:
    member, room = await service.a_person(), await service.a_space()
    path = f"/api/spaces/{room['id']}/availability"
    params = {"start_time": at(9), "end_time": at(10)}
    assert (await member.expect(200, "GET", path, params=params))["is_available"] is True
    await member.expect(201, "POST", "/api/bookings", json=booking_body(room, 9, 10))
    assert (await member.expect(200, "GET", path, params=params))["is_available"] is False


async def test_a_window_that_is_reversed_or_too_long_is_rejected(service: Service) -> None:
    room = await service.a_space()
    path = f"/api/spaces/{room['id']}/availability"
    for start, end in ((10, 9), (9, 9), (0, 62 * 24 + 1)):
        params = {"start_time": at(start), "end_time": at(end)}
        await service.anonymous.expect_problem(400, "validation_error", "GET", path, params=params)
    params = {"start_time": at(0), "end_time": at(62 * 24)}
    await service.anonymous.expect(200, "GET", path, params=params)
