"""Enum schemas that keep the description of their class."""

from enum import Enum
from typing import Any, cast

from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition


class EnumSchemas(OpenAPISchemaPlugin):
    """Litestar would describe an enum with the text of the first field that uses it."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Return whether the field is an enum."""
        return field_definition.is_subclass_of(Enum)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """Return a reference to the enum's schema, built without the field's own metadata."""
        enum = FieldDefinition.from_annotation(
            field_definition.annotation, default=field_definition.default
        )
        # The plugin protocol does not name references, but Litestar handles them.
        return cast("Schema", schema_creator.for_enum_field(enum))
