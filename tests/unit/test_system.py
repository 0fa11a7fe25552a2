"""The system clock and UUIDv7 ids."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from adapters.system import SystemClock, UuidV7Ids
from application.ports.clock import Clock
from application.ports.ids import Ids

MILLISECOND = 1_000_000


class HandMovedTime:
    """Unix time in nanoseconds that a test sets."""

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def __call__(self) -> int:
        return self.milliseconds * MILLISECOND


def claimed_milliseconds(made: UUID) -> int:
    return made.int >> 80


def test_the_clock_returns_the_current_time_in_utc() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert now.tzinfo is UTC
    assert timedelta() <= now - before < timedelta(seconds=10)


def test_an_id_has_the_version_and_variant_of_the_rfc() -> None:
    ids: Ids = UuidV7Ids()
    for made in (ids.new() for _ in range(100)):
        assert made.version == 7
        assert made.variant == RFC_4122


def test_an_id_begins_with_the_unix_time_in_milliseconds() -> None:
    before = time.time_ns() // MILLISECOND
    made = UuidV7Ids().new()
    after = time.time_ns() // MILLISECOND
    assert before <= claimed_milliseconds(made) <= after


def test_the_example_of_the_rfc_has_the_layout_of_the_rfc() -> None:
    # RFC 9562, appendix A.6: 0x017F22E279B0 is 2022-02-22T19:22:22Z.
    made = UuidV7Ids(HandMovedTime(0x017F22E279B0)).new()
    assert str(made).startswith("017f22e2-79b0-7")


def test_ids_of_a_later_millisecond_are_greater() -> None:
    now = HandMovedTime(1_000)
    ids = UuidV7Ids(now)
    earlier = ids.new()
    now.milliseconds += 1
    later = ids.new()
    assert later > earlier
    assert claimed_milliseconds(later) == 1_001


def test_ids_of_one_millisecond_are_in_the_order_of_creation() -> None:
    ids = UuidV7Ids(HandMovedTime(1_000))
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_ids_keep_increasing_when_the_clock_is_set_back() -> None:
    now = HandMovedTime(100_000)
    ids = UuidV7Ids(now)
    before = ids.new()
    now.milliseconds = 50_000
    after = [ids.new() for _ in range(100)]
    assert [before, *after] == sorted({before, *after})


def test_ids_stay_valid_when_the_random_part_overflows() -> None:
    ids = UuidV7Ids(HandMovedTime(1_000))
    first = ids.new()
    ids._last |= (1 << 74) - 1
    second = ids.new()
    assert second > first
    assert claimed_milliseconds(second) == 1_001
    assert (second.version, second.variant) == (7, RFC_4122)


def test_ids_sort_as_text_in_the_order_of_creation() -> None:
    ids = UuidV7Ids(HandMovedTime(1_000))
    made = [str(ids.new()) for _ in range(1_000)]
    assert made == sorted(made)


def test_two_generators_create_different_ids_in_the_same_millisecond() -> None:
    now = HandMovedTime(1_000)
    first, second = UuidV7Ids(now), UuidV7Ids(now)
    made = [ids.new() for ids in (first, second) for _ in range(1_000)]
    assert len(set(made)) == len(made)


def test_threads_get_different_ids() -> None:
    ids = UuidV7Ids()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: ids.new(), range(8_000)))
    assert len(set(made)) == len(made)
