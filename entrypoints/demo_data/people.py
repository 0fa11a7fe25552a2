"""The staff and the members of the demo data, with when they joined and what they prefer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from domain.ids import MemberId, UserId
from domain.local_time import DAY
from domain.users import EmailAddress, Locale, Member, Role, User
from entrypoints.demo_data.calendar import Calendar
from entrypoints.demo_data.names import COMPANIES, FULL_NAMES, ascii_slug, phone_number
from entrypoints.demo_data.randomness import ID_BITS, happens, uuid7_at
from entrypoints.demo_data.timeline import Timeline

DEMO_PASSWORD = "welcome to the house"  # noqa: S105 - printed by the command line
"""The password of every demo account."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """The address, name and role of an account."""

    email: str
    full_name: str
    role: Role


DEMO_ACCOUNTS = (
    DemoAccount("admin@demo.example", "Robin Ashworth", Role.SUPER_ADMIN),
    DemoAccount("manager@demo.example", "Deniz Aksoy", Role.ADMIN),
    DemoAccount("member@demo.example", "Marisol Vega", Role.MEMBER),
)
"""The accounts that the command line prints."""

_MEMBERS = 117
"""At scale 1."""
_FOUNDER_SHARE = 0.6
"""Share of the members who joined before the first day."""
_FOUNDERS_JOINED_WITHIN = 200 * DAY


@dataclass(slots=True, kw_only=True)
class Person:
    """A member who books.

    `activity` is how often, relative to other members. `tastes`, in meeting rooms and at desks,
    pick the same favorite space each time. The calendars ensure that a person is at one desk and
    in one meeting room at a time.
    """

    user: User
    member: Member
    activity: float
    tastes: tuple[float, float]
    desk_calendar: Calendar = field(default_factory=Calendar)
    meeting_calendar: Calendar = field(default_factory=Calendar)

    @property
    def joined_at(self) -> datetime:
        """When the account was created."""
        return self.user.created_at


@dataclass(frozen=True, slots=True)
class People:
    """The staff, and the members in the order in which they joined."""

    staff: list[tuple[User, Member]]
    members: list[Person]

    @property
    def accounts(self) -> list[tuple[User, Member]]:
        """All accounts."""
        return [*self.staff, *((person.user, person.member) for person in self.members)]


def create_people(timeline: Timeline, scale: float, password_hash: str, rng: Random) -> People:
    """Return the staff, and `scale` times as many members as usual.

    Most members joined before the first day, the others one by one until yesterday.
    """
    count = round(_MEMBERS * scale)
    joined = sorted(_joined_at(timeline, n < count * _FOUNDER_SHARE, rng) for n in range(count))
    generated = _generated_accounts(rng)
    staff: list[tuple[User, Member]] = []
    demo_members: list[tuple[User, Member]] = []
    for details in DEMO_ACCOUNTS:
        account = _account(details, timeline.opened_at, password_hash, rng)
        (staff if details.role.is_staff else demo_members).append(account)
    members = [_person(account, 2.0, rng) for account in demo_members]
    for joined_at, details in zip(joined, islice(generated, count), strict=True):
        account = _account(details, joined_at, password_hash, rng)
        members.append(_person(account, rng.lognormvariate(0, 0.6), rng))
    return People(staff, members)


def _joined_at(timeline: Timeline, is_founder: bool, rng: Random) -> datetime:
    if is_founder:
        return timeline.opened_at + rng.random() * _FOUNDERS_JOINED_WITHIN
    day = timeline.first_day + timedelta(days=rng.randrange(timeline.plan.days_back + 1))
    joined_at = timeline.instant(day, rng.randrange(7 * 60, 22 * 60)) - DAY
    return joined_at + timedelta(seconds=rng.randrange(60), milliseconds=rng.randrange(1000))


def _generated_accounts(rng: Random) -> list[DemoAccount]:
    """Return more accounts than any plan needs, with unique addresses and shuffled names."""
    names = list(FULL_NAMES)
    rng.shuffle(names)
    return [
        DemoAccount(f"{ascii_slug(name)}@example.{domain}", name, Role.MEMBER)
        for domain in ("com", "org", "net")
        for name in names
    ]


def _account(
    details: DemoAccount, joined_at: datetime, password_hash: str, rng: Random
) -> tuple[User, Member]:
    user = User(
        id=UserId(uuid7_at(joined_at, rng.getrandbits(ID_BITS))),
        email=EmailAddress.parse(details.email),
        password_hash=password_hash,
        full_name=details.full_name,
        role=details.role,
        is_active=True,
        locale=Locale.TURKISH if happens(0.15, rng) else Locale.ENGLISH,
        # Without a mail server, mails are logged: reminders for every booking would flood the log.
        reminders=details in DEMO_ACCOUNTS,
        version=1,
        created_at=joined_at,
        updated_at=joined_at,
    )
    has_phone, has_company = happens(0.7, rng), happens(0.45, rng)
    number, company = rng.randrange(300), rng.choice(COMPANIES)
    member = Member(
        id=MemberId(uuid7_at(joined_at, rng.getrandbits(ID_BITS))),
        user_id=user.id,
        phone=phone_number(number) if has_phone else None,
        company=company if has_company else None,
        payment_customer_id=None,
        version=1,
        created_at=joined_at,
        updated_at=joined_at,
    )
    return user, member


def _person(account: tuple[User, Member], activity: float, rng: Random) -> Person:
    user, member = account
    return Person(user=user, member=member, activity=activity, tastes=(rng.random(), rng.random()))
