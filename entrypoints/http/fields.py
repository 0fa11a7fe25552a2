"""Fields of requests that are more than JSON has types for, parsed where they stand.

Each is a class of its own so that the decoder can tell them apart. JSON and query strings go
through the same parser, and a field that does not parse is reported by its path.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from domain.errors import InvalidValue
from domain.money import Money
from domain.opening_hours import WEEKDAYS, OpeningHours
from domain.users import EmailAddress

T = TypeVar("T")

_AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
EARLIEST_YEAR = 1900
LATEST_YEAR = 2999
USUAL_YEARS = f"Of the years {EARLIEST_YEAR} to {LATEST_YEAR}."


class Field(Generic[T]):
    """A parsed value; subclasses say how it is parsed and documented."""

    __slots__ = ("value",)
    schema: ClassVar[Schema]

    def __init__(self, value: T) -> None:
        self.value = value

    @classmethod
    def parse(cls, raw: object) -> T:
        """Turn what JSON or the query string has into the value; raises ValueError."""
        raise NotImplementedError


class Instant(Field[datetime]):
    """A time with an offset, RFC 3339, as the same instant in UTC."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.DATE_TIME,
        description=USUAL_YEARS,
        examples=["2026-03-02T09:00:00Z"],
    )

    @classmethod
    def parse(cls, raw: object) -> datetime:
        """Raise ValueError unless it is a string with date, time and offset, of a usual year."""
        if not isinstance(raw, str):
            raise InvalidValue("Expected a time such as '2026-03-02T09:00:00Z'.")
        try:
            parsed = msgspec.convert(raw, _AwareTime)
        except msgspec.ValidationError:
            raise InvalidValue(
                "Expected a time with an offset, such as '2026-03-02T09:00:00Z'."
            ) from None
        # Far from the ends of the calendar, so that no offset or time zone can lead beyond them.
        if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
            raise InvalidValue(f"Expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
        return parsed.astimezone(UTC)


class LocalDay(Field[date]):
    """A day of the house."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.DATE,
        description=USUAL_YEARS,
        examples=["2026-03-02"],
    )

    @classmethod
    def parse(cls, raw: object) -> date:
        """Raise ValueError unless it is a date of a usual year."""
        try:
            parsed = msgspec.convert(raw, date) if isinstance(raw, str) else None
        except msgspec.ValidationError:
            parsed = None
        if parsed is None:
            raise InvalidValue("Expected a date such as '2026-03-02'.")
        if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
            raise InvalidValue(f"Expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
        return parsed


class Dollars(Field[Money]):
    """An amount of US dollars."""

    __slots__ = ()
    schema = Schema(
        one_of=[
            Schema(type=OpenAPIType.STRING, pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$"),
            Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=1_000_000),
        ],
        description="US dollars, at most 1000000.00.",
        examples=["12.50"],
    )

    @classmethod
    def parse(cls, raw: object) -> Money:
        """Raise InvalidValue; see Money.parse."""
        return Money.parse(raw)


class Email(Field[EmailAddress]):
    """An e-mail address."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING, format=OpenAPIFormat.EMAIL, examples=["ada@example.com"]
    )

    @classmethod
    def parse(cls, raw: object) -> EmailAddress:
        """Raise InvalidValue; see EmailAddress.parse."""
        if not isinstance(raw, str):
            raise InvalidValue("Expected an e-mail address such as name@example.com.")
        return EmailAddress.parse(raw)


_CLOCK = Schema(type=OpenAPIType.STRING, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")
_INTERVAL = Schema(type=OpenAPIType.ARRAY, items=_CLOCK, min_items=2, max_items=2)
WEEK_SCHEMA = Schema(
    type=OpenAPIType.OBJECT,
    properties={day: Schema(type=OpenAPIType.ARRAY, items=_INTERVAL) for day in WEEKDAYS},
    additional_properties=False,
    description=(
        "Wall-clock intervals of each weekday in the house's time zone, disjoint; a day that is "
        "left out is closed."
    ),
    examples=[{"monday": [["09:00", "18:00"]]}],
)


class WeeklyHours(Field[OpeningHours]):
    """The opening hours of a week."""

    __slots__ = ()
    schema = WEEK_SCHEMA

    @classmethod
    def parse(cls, raw: object) -> OpeningHours:
        """Raise InvalidValue; see OpeningHours.parse."""
        return OpeningHours.parse(raw)


def decode_field(kind: type[Any], raw: Any) -> Any:
    """What msgspec calls for types it does not know."""
    if issubclass(kind, Field):
        return kind(kind.parse(raw))
    raise NotImplementedError(f"No decoder for {kind}.")


class FieldSchemas(OpenAPISchemaPlugin):
    """Tells the OpenAPI document what the fields look like."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether it is one of ours."""
        return field_definition.is_subclass_of(Field)

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ARG002 - a part of the protocol
    ) -> Schema:
        """The schema that the field's class states."""
        schema: Schema = field_definition.annotation.schema
        return schema
