"""The people of the demo house: who they are, when they came, and what each likes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from domain.ids import MemberId, UserId
from domain.local_time import DAY
from domain.users import EmailAddress, Locale, Member, Role, User
from entrypoints.demo.agenda import Agenda
from entrypoints.demo.chance import ID_BITS, happens, uuid7
from entrypoints.demo.demo_house import Season
from entrypoints.demo.names import COMPANIES, FULL_NAMES, phone, plain

DEMO_PASSWORD = "welcome to the house"  # noqa: S105 - printed for everybody to read
"""Every demo account's."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """One account that a visitor of the demo is told of."""

    email: str
    full_name: str
    role: Role


DEMO_LOG_INS = (
    LogIn("admin@demo.example", "Robin Ashworth", Role.SUPER_ADMIN),
    LogIn("manager@demo.example", "Deniz Aksoy", Role.ADMIN),
    LogIn("member@demo.example", "Marisol Vega", Role.MEMBER),
)

_SMALLEST_HOUSE = 117
_FOUNDERS = 0.6
"""The part of the members who were there before the first of the days."""
_FOUNDED_WITHIN = 200 * DAY


@dataclass(slots=True, kw_only=True)
class Person:
    """A member of the house who books.

    `activity` is how often, against others. `tastes` choose the same favourite each time. The
    agendas hold where they are: at one desk, and in one meeting room, at a time.
    """

    user: User
    member: Member
    activity: float
    tastes: tuple[float, float]
    at_desk: Agenda = field(default_factory=Agenda)
    in_meeting: Agenda = field(default_factory=Agenda)

    @property
    def joined_at(self) -> datetime:
        """Nothing of theirs is older."""
        return self.user.created_at


@dataclass(frozen=True, slots=True)
class People:
    """Who runs the house, and its members in the order in which they joined."""

    staff: list[tuple[User, Member]]
    members: list[Person]

    @property
    def accounts(self) -> list[tuple[User, Member]]:
        """Everybody who can sign in."""
        return [*self.staff, *((person.user, person.member) for person in self.members)]


def invite(season: Season, scale: float, password_hash: str, rolled: Random) -> People:
    """Staff and members, of whom there are `scale` times as many as usual.

    Most were there before the first of the days; the others joined one by one until yesterday.
    """
    count = round(_SMALLEST_HOUSE * scale)
    joined = sorted(_joined_at(season, n < count * _FOUNDERS, rolled) for n in range(count))
    strangers = _strangers(rolled)
    staff: list[tuple[User, Member]] = []
    visitors: list[tuple[User, Member]] = []
    for log_in in DEMO_LOG_INS:
        account = _account(log_in, season.opened, password_hash, rolled)
        (staff if log_in.role.is_staff else visitors).append(account)
    members = [_person(account, 2.0, rolled) for account in visitors]
    for moment, log_in in zip(joined, islice(strangers, count), strict=True):
        account = _account(log_in, moment, password_hash, rolled)
        members.append(_person(account, rolled.lognormvariate(0, 0.6), rolled))
    return People(staff, members)


def _joined_at(season: Season, is_founder: bool, rolled: Random) -> datetime:
    if is_founder:
        return season.opened + rolled.random() * _FOUNDED_WITHIN
    day = season.first_day + timedelta(days=rolled.randrange(season.plan.days_back + 1))
    moment = season.instant(day, rolled.randrange(7 * 60, 22 * 60)) - DAY
    return moment + timedelta(seconds=rolled.randrange(60), milliseconds=rolled.randrange(1000))


def _strangers(rolled: Random) -> list[LogIn]:
    """More log-ins than any house needs, no address twice."""
    names = list(FULL_NAMES)
    rolled.shuffle(names)
    return [
        LogIn(f"{plain(name)}@example.{domain}", name, Role.MEMBER)
        for domain in ("com", "org", "net")
        for name in names
    ]


def _account(
    log_in: LogIn, joined_at: datetime, password_hash: str, rolled: Random
) -> tuple[User, Member]:
    user = User(
        id=UserId(uuid7(joined_at, rolled.getrandbits(ID_BITS))),
        email=EmailAddress.parse(log_in.email),
        password_hash=password_hash,
        full_name=log_in.full_name,
        role=log_in.role,
        is_active=True,
        locale=Locale.TURKISH if happens(0.15, rolled) else Locale.ENGLISH,
        # Without a mail server mails are logged: those of all who come today would bury the rest.
        reminders=log_in in DEMO_LOG_INS,
        version=1,
        created_at=joined_at,
        updated_at=joined_at,
    )
    has_phone, works_for_somebody = happens(0.7, rolled), happens(0.45, rolled)
    number, company = rolled.randrange(300), rolled.choice(COMPANIES)
    member = Member(
        id=MemberId(uuid7(joined_at, rolled.getrandbits(ID_BITS))),
        user_id=user.id,
        phone=phone(number) if has_phone else None,
        company=company if works_for_somebody else None,
        stripe_customer_id=None,
        version=1,
        created_at=joined_at,
        updated_at=joined_at,
    )
    return user, member


def _person(account: tuple[User, Member], activity: float, rolled: Random) -> Person:
    user, member = account
    return Person(
        user=user, member=member, activity=activity, tastes=(rolled.random(), rolled.random())
    )
