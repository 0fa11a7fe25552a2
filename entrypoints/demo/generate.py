"""Generating the demo house: spaces and people, what they book, and what has come of it by now."""

from datetime import datetime
from operator import attrgetter

from domain.house import CHECK_IN_OPENS_BEFORE, House
from domain.ids import UserId
from domain.local_time import MINUTE
from entrypoints.demo.chance import dice
from entrypoints.demo.demand import Demand, shares
from entrypoints.demo.demo_house import DemoHouse, DemoPlan, Season
from entrypoints.demo.diary import Diary
from entrypoints.demo.lives import Life
from entrypoints.demo.memberships import Membership, enrol
from entrypoints.demo.people import invite
from entrypoints.demo.progress import Progress, untold
from entrypoints.demo.rhythm import BUSY_DAY
from entrypoints.demo.spaces import furnish
from entrypoints.demo.stories import Story
from entrypoints.demo.tenancies import rent_out

_USUAL_ON_A_BUSY_DAY = 175
_LARGEST_SCALE = 10.0
_EARLY_MINUTES = CHECK_IN_OPENS_BEFORE // MINUTE
_TOLD_EACH = 1_000


def generate(
    plan: DemoPlan,
    house: House,
    *,
    now: datetime,
    password_hash: str,
    progress: Progress = untold,
) -> DemoHouse:
    """Make the house as it stands at `now`, in UTC.

    It has exactly as many bookings as planned, less those counted as `unplaced`, which find the
    house full. All are made before today, so that the same plan gives the same house all day, ids
    included; only their progress depends on the time of day. All accounts have the one password
    that was hashed. More bookings a day than usual make the zones and the membership larger, up to
    ten times.
    """
    season = Season(plan, house, now)
    scale = _scale(season)
    spaces = furnish(season, scale, dice(plan.seed, "spaces"))
    people = invite(season, scale, password_hash, dice(plan.seed, "people"))
    memberships = enrol(people.members, season, dice(plan.seed, "memberships"))

    diary = Diary(spaces, house, dice(plan.seed, "stories"))
    rent_out(season, spaces, people.members, diary, dice(plan.seed, "tenancies"))
    demand = Demand(season, spaces, people.members, diary, dice(plan.seed, "demand"))
    unplaced = demand.meet(plan.bookings - len(diary.stories), progress)

    lives = _lives(diary, memberships, season, progress)
    invoices = [
        *(life.invoice for life in lives if life.invoice is not None),
        *(invoice for each in memberships.values() for invoice in each.invoices(house.timezone)),
    ]
    return DemoHouse(
        plan=plan,
        now=now,
        users=[user for user, _ in people.accounts],
        members=[member for _, member in people.accounts],
        spaces=spaces,
        subscriptions=[membership.subscription for membership in memberships.values()],
        bookings=[life.booking for life in lives],
        occupancy_logs=sorted(
            (life.log for life in lives if life.log is not None), key=attrgetter("occupied_at")
        ),
        invoices=sorted(invoices, key=attrgetter("issued_at")),
        unplaced=unplaced,
    )


def _scale(season: Season) -> float:
    """How much larger than usual the house has to be."""
    on_a_busy_day = season.plan.bookings * BUSY_DAY / sum(shares(season))
    return min(max(on_a_busy_day / _USUAL_ON_A_BUSY_DAY, 1.0), _LARGEST_SCALE)


def _lives(
    diary: Diary, memberships: dict[UserId, Membership], season: Season, progress: Progress
) -> list[Life]:
    """Live every story through as far as now, in the order in which they were booked."""
    stories = sorted(diary.stories, key=attrgetter("created_at", "id_bits"))
    lives = []
    for number, story in enumerate(stories):
        if number % _TOLD_EACH == 0:
            progress("Stays", number, len(stories))
        lives.append(_live(story, diary, memberships.get(story.person.user.id), season))
    progress("Stays", len(stories), len(stories))
    return lives


def _live(story: Story, diary: Diary, membership: Membership | None, season: Season) -> Life:
    subscription = membership.coverage(story) if membership is not None else None
    life = Life.begin(story, subscription, season.house)
    life.live(until=season.now, may_come_early=diary.is_free_before(story, minutes=_EARLY_MINUTES))
    if membership is not None and life.booking.covered_by_plan:
        membership.use(life)
    return life
