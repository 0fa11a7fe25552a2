"""AuditLog: entries are listed newest first, and stored with their change or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports.audit_log import AuditFilter, AuditPosition
from application.ports.unit_of_work import Stale
from domain.audit import AuditEntry, AuditEvent
from domain.ids import UserId
from tests.contract.conftest import Store
from tests.entities import IDS, MONDAY, a_user, an_entry, save_all

MINUTE = timedelta(minutes=1)


async def entries(
    store: Store, *, after: AuditEntry | None = None, limit: int = 50, **criteria: Any
) -> Sequence[AuditEntry]:
    position = AuditPosition(after.at, after.id) if after else None
    async with store.unit_of_work() as uow:
        return await uow.audit_log.list(AuditFilter(**criteria), after=position, limit=limit)


@pytest.mark.parametrize("event", AuditEvent)
async def test_every_event_is_read_back(store: Store, event: AuditEvent) -> None:
    entry = an_entry(event=event)
    await save_all(store.unit_of_work, entry)
    assert await entries(store) == [entry]


async def test_every_field_is_read_back(store: Store) -> None:
    entry = an_entry(
        at=MONDAY + timedelta(microseconds=1),
        actor_id=UserId(IDS.new()),
        subject_id=IDS.new(),
        client_address="2001:db8::7",
        details={
            "from": "MEMBER",
            "unicode": "G\u00f6z \u2615 \U0001d518 '\"\\ %s $1 \t\n",
            "number": 2**53,
            "yes": True,
            "nothing": None,
            "fields": ["name", "capacity"],
            "": "",
        },
    )
    await save_all(store.unit_of_work, entry)
    assert await entries(store) == [entry]


async def test_entries_are_listed_newest_first_and_page_by_page(store: Store) -> None:
    older, newer = (
        [an_entry(at=MONDAY + minutes * MINUTE) for _ in range(3)] for minutes in (0, 1)
    )
    expected = [*reversed(newer), *reversed(older)]
    await save_all(store.unit_of_work, older[1], newer[0], older[0], newer[2], older[2], newer[1])
    assert await entries(store) == expected
    paged: list[AuditEntry] = []
    while page := await entries(store, after=paged[-1] if paged else None, limit=2):
        assert len(page) <= 2
        paged += page
    assert paged == expected


async def test_entries_are_filtered_by_each_criterion_and_all_together(store: Store) -> None:
    actor, subject = UserId(IDS.new()), IDS.new()
    plain = an_entry()
    by_actor = an_entry(actor_id=actor, at=MONDAY + MINUTE)
    to_subject = an_entry(subject_id=subject, at=MONDAY + 2 * MINUTE)
    all_of_it = an_entry(
        event=AuditEvent.USER_ROLE_CHANGED,
        actor_id=actor,
        subject_id=subject,
        at=MONDAY + 3 * MINUTE,
    )
    await save_all(store.unit_of_work, plain, by_actor, to_subject, all_of_it)
    role_changed = AuditEvent.USER_ROLE_CHANGED
    assert await entries(store, actor_id=actor) == [all_of_it, by_actor]
    assert await entries(store, subject_id=subject) == [all_of_it, to_subject]
    assert await entries(store, event=role_changed) == [all_of_it]
    assert await entries(store, since=to_subject.at) == [all_of_it, to_subject]
    assert await entries(store, before=to_subject.at) == [by_actor, plain]
    criteria: dict[str, Any] = {
        "actor_id": actor,
        "subject_id": subject,
        "event": role_changed,
        "since": all_of_it.at,
        "before": all_of_it.at + MINUTE,
    }
    assert await entries(store, **criteria) == [all_of_it]
    for other in (
        {"actor_id": UserId(IDS.new())},
        {"subject_id": IDS.new()},
        {"event": AuditEvent.SPACE_CREATED},
        {"before": all_of_it.at},
        {"since": all_of_it.at + MINUTE},
    ):
        assert await entries(store, **criteria | other) == []


async def test_an_entry_is_stored_with_the_change_it_records_or_not_at_all(store: Store) -> None:
    user = a_user()
    await save_all(store.unit_of_work, user)
    async with store.unit_of_work() as uow:
        uow.audit_log.add(an_entry())
        uow.users.save(replace(user, version=7))
        with pytest.raises(Stale):
            await uow.commit()
    async with store.unit_of_work() as uow:
        uow.audit_log.add(an_entry())
    assert await entries(store) == []


async def test_many_entries_are_stored_together(store: Store) -> None:
    await save_all(store.unit_of_work, *(an_entry() for _ in range(45)))
    assert len(await entries(store)) == 45
