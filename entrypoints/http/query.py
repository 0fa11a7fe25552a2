"""What Litestar lets pass in a query although it says nothing clear, and we refuse.

Of a parameter that is given twice it takes the last, and the word `null` it takes for none.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from entrypoints.http.problems import FieldError, InvalidRequest

REPEATABLE = "repeatable_parameters"
"""In the `opt` of a handler: the parameters that may be given more than once."""
FREE_TEXT = "free_text_parameters"
"""In the `opt` of a handler: the parameters in which `null` is a word like any other."""


async def query_guard(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard for the whole application. Raises InvalidRequest that names each parameter."""
    if not connection.scope["query_string"]:
        return
    given = connection.query_params
    repeatable, free_text = handler.opt.get(REPEATABLE, ()), handler.opt.get(FREE_TEXT, ())
    wrong = []
    for name in given:
        values = given.getall(name)
        if len(values) > 1 and name not in repeatable:
            wrong.append(FieldError(name, "Given more than once."))
        elif name not in free_text and any(value.lower() == "null" for value in values):
            wrong.append(FieldError(name, "There is no null here; leave it out instead."))
    if wrong:
        raise InvalidRequest(wrong)
