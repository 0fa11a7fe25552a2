"""Generate the demo data: spaces, people, their bookings, and the state of each booking now."""

from datetime import datetime
from operator import attrgetter

from domain.house import CHECK_IN_OPENS_BEFORE, House
from domain.ids import UserId
from domain.local_time import MINUTE
from entrypoints.demo_data.allocator import Allocator
from entrypoints.demo_data.dataset import DemoData
from entrypoints.demo_data.demand import Demand, booking_shares
from entrypoints.demo_data.memberships import Membership, create_memberships
from entrypoints.demo_data.people import create_people
from entrypoints.demo_data.plan import DemoPlan
from entrypoints.demo_data.progress import ProgressCallback, no_progress
from entrypoints.demo_data.randomness import seeded_rng
from entrypoints.demo_data.scenario import Scenario
from entrypoints.demo_data.seasonality import BUSIEST_WEEKDAY
from entrypoints.demo_data.simulation import Simulation
from entrypoints.demo_data.spaces import create_spaces
from entrypoints.demo_data.tenancies import allocate_tenancies
from entrypoints.demo_data.timeline import Timeline

_BOOKINGS_ON_BUSIEST_WEEKDAY = 175
"""At scale 1."""
_MAX_SCALE = 10.0
_EARLY_MINUTES = CHECK_IN_OPENS_BEFORE // MINUTE
_SIMULATIONS_PER_PROGRESS = 1_000


def generate(
    plan: DemoPlan,
    house: House,
    *,
    now: datetime,
    password_hash: str,
    on_progress: ProgressCallback = no_progress,
) -> DemoData:
    """Return the data of the house as it is at `now`, in UTC.

    It has exactly as many bookings as planned, less those counted as `unplaced`, which find the
    house full. All are made before today, so that the same plan returns the same data all day, ids
    included; only the state of the bookings depends on the time of day. All accounts share the one
    password hash. More bookings a day than usual make the zones and the membership larger, up to
    ten times.
    """
    timeline = Timeline(plan, house, now)
    scale = _scale(timeline)
    spaces = create_spaces(timeline, scale, seeded_rng(plan.seed, "spaces"))
    people = create_people(timeline, scale, password_hash, seeded_rng(plan.seed, "people"))
    memberships = create_memberships(people.members, timeline, seeded_rng(plan.seed, "memberships"))

    allocator = Allocator(spaces, house, seeded_rng(plan.seed, "scenarios"))
    allocate_tenancies(
        timeline, spaces, people.members, allocator, seeded_rng(plan.seed, "tenancies")
    )
    demand = Demand(timeline, spaces, people.members, allocator, seeded_rng(plan.seed, "demand"))
    unplaced = demand.place_bookings(plan.bookings - len(allocator.scenarios), on_progress)

    simulations = _simulate(allocator, memberships, timeline, on_progress)
    invoices = [
        *(simulation.invoice for simulation in simulations if simulation.invoice is not None),
        *(
            invoice
            for membership in memberships.values()
            for invoice in membership.invoices(house.timezone)
        ),
    ]
    return DemoData(
        plan=plan,
        now=now,
        users=[user for user, _ in people.accounts],
        members=[member for _, member in people.accounts],
        spaces=spaces,
        subscriptions=[membership.subscription for membership in memberships.values()],
        bookings=[simulation.booking for simulation in simulations],
        occupancy_logs=sorted(
            (simulation.log for simulation in simulations if simulation.log is not None),
            key=attrgetter("occupied_at"),
        ),
        invoices=sorted(invoices, key=attrgetter("issued_at")),
        unplaced=unplaced,
    )


def _scale(timeline: Timeline) -> float:
    """Return how many times larger than usual the house must be."""
    bookings = timeline.plan.bookings * BUSIEST_WEEKDAY / sum(booking_shares(timeline))
    return min(max(bookings / _BOOKINGS_ON_BUSIEST_WEEKDAY, 1.0), _MAX_SCALE)


def _simulate(
    allocator: Allocator,
    memberships: dict[UserId, Membership],
    timeline: Timeline,
    on_progress: ProgressCallback,
) -> list[Simulation]:
    """Simulate every scenario up to now, in the order in which the bookings were made."""
    scenarios = sorted(allocator.scenarios, key=attrgetter("created_at", "id_bits"))
    simulations = []
    for number, scenario in enumerate(scenarios):
        if number % _SIMULATIONS_PER_PROGRESS == 0:
            on_progress("Stays", number, len(scenarios))
        membership = memberships.get(scenario.person.user.id)
        simulations.append(_simulation(scenario, allocator, membership, timeline))
    on_progress("Stays", len(scenarios), len(scenarios))
    return simulations


def _simulation(
    scenario: Scenario, allocator: Allocator, membership: Membership | None, timeline: Timeline
) -> Simulation:
    subscription = membership.coverage(scenario) if membership is not None else None
    simulation = Simulation.start(scenario, subscription, timeline.house)
    may_arrive_early = allocator.is_free_before(scenario, minutes=_EARLY_MINUTES)
    simulation.run(until=timeline.now, may_arrive_early=may_arrive_early)
    if membership is not None and simulation.booking.covered_by_plan:
        membership.record_use(simulation)
    return simulation
