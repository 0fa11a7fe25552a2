"""Types of request fields for which JSON has no type of its own.

Each type is a class, so that the decoder can select its parser. JSON bodies and query strings use
the same parsers; an invalid value is reported with the path of its field.
"""

from copy import copy
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
YEARS = f"Accepted years: {EARLIEST_YEAR} to {LATEST_YEAR}."


class Field(Generic[T]):
    """A parsed value. Subclasses define the parser and the OpenAPI schema."""

    __slots__ = ("value",)
    schema: ClassVar[Schema]

    def __init__(self, value: T) -> None:
        self.value = value

    @classmethod
    def parse(cls, raw: object) -> T:
        """Parse a value from JSON or from the query string. Raises ValueError."""
        raise NotImplementedError


class Instant(Field[datetime]):
    """An RFC 3339 time with an offset, converted to UTC."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.DATE_TIME,
        description=f"RFC 3339 time with an offset. {YEARS}",
        examples=["2026-03-02T09:00:00Z"],
    )

    @classmethod
    def parse(cls, raw: object) -> datetime:
        """Raise InvalidValue unless it is a string with date, time, offset and an accepted year."""
        if not isinstance(raw, str):
            raise InvalidValue("Expected a time such as '2026-03-02T09:00:00Z'.")
        try:
            parsed = msgspec.convert(raw, _AwareTime)
        except msgspec.ValidationError:
            raise InvalidValue(
                "Expected a time with an offset, such as '2026-03-02T09:00:00Z'."
            ) from None
        # Far from `datetime.min` and `.max`, so that no offset or time zone can overflow.
        if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
            raise InvalidValue(f"Expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
        return parsed.astimezone(UTC)


class LocalDay(Field[date]):
    """A day in the house's time zone."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.DATE,
        description=f"Day in the house's time zone. {YEARS}",
        examples=["2026-03-02"],
    )

    @classmethod
    def parse(cls, raw: object) -> date:
        """Raise InvalidValue unless it is a date with an accepted year."""
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
    """An amount in US dollars."""

    __slots__ = ()
    schema = Schema(
        one_of=[
            Schema(type=OpenAPIType.STRING, pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$"),
            Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=1_000_000),
        ],
        description=(
            "Amount in US dollars: a string with at most two decimal places, or a whole number. "
            "At most 1000000.00."
        ),
        examples=["12.50"],
    )

    @classmethod
    def parse(cls, raw: object) -> Money:
        """Raise InvalidValue as `Money.parse` does."""
        return Money.parse(raw)


class Email(Field[EmailAddress]):
    """An e-mail address."""

    __slots__ = ()
    schema = Schema(
        type=OpenAPIType.STRING, format=OpenAPIFormat.EMAIL, examples=["ada@example.com"]
    )

    @classmethod
    def parse(cls, raw: object) -> EmailAddress:
        """Raise InvalidValue unless `EmailAddress.parse` accepts it."""
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
        "Opening intervals of each weekday, as wall-clock times in the house's time zone. The "
        "intervals of a day must not overlap; a day that is left out is closed."
    ),
    examples=[{"monday": [["09:00", "18:00"]]}],
)


class WeeklyHours(Field[OpeningHours]):
    """Weekly opening hours."""

    __slots__ = ()
    schema = WEEK_SCHEMA

    @classmethod
    def parse(cls, raw: object) -> OpeningHours:
        """Raise InvalidValue as `OpeningHours.parse` does."""
        return OpeningHours.parse(raw)


def is_field(kind: Any) -> bool:
    """Return whether the type is a `Field`."""
    return isinstance(kind, type) and issubclass(kind, Field)


def decode_field(field_type: type[Any], raw: Any) -> Any:
    """Decode a `Field`; the `dec_hook` of msgspec, for types that it does not support."""
    if issubclass(field_type, Field):
        return field_type(field_type.parse(raw))
    raise NotImplementedError(f"No decoder for {field_type}.")


class FieldSchemas(OpenAPISchemaPlugin):
    """Adds the schemas of the fields to the OpenAPI document."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Return whether the field is a `Field`."""
        return field_definition.is_subclass_of(Field)

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: Any,  # noqa: ARG002 - a part of the protocol
    ) -> Schema:
        """Return the schema of the class; a description of the field itself takes precedence."""
        # A copy, because Litestar adds the field's metadata to it.
        schema: Schema = copy(field_definition.annotation.schema)
        if getattr(field_definition.kwarg_definition, "description", None):
            schema.description = None
        return schema
