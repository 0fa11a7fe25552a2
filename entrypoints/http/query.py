"""What Litestar lets pass in a query although it says nothing clear, and we refuse.

Of a parameter that is given twice it takes the last, and the word `null` it takes for none.
"""

from typing import Any

from litestar.connection import ASGIConnection

from entrypoints.http.problems import FieldError, InvalidRequest

REPEATABLE = "repeatable_parameters"
"""In the `opt` of a handler: the parameters that may be given more than once."""
FREE_TEXT = "free_text_parameters"
"""In the `opt` of a handler: the parameters in which `null` is a word like any other."""


def check_query(scope: Any) -> None:
    """Raise InvalidRequest that names each parameter of the query which is not clear."""
    if not scope["query_string"]:
        return
    given = ASGIConnection[Any, Any, Any, Any](scope).query_params
    said = scope["route_handler"].opt
    repeatable, free_text = said.get(REPEATABLE, ()), said.get(FREE_TEXT, ())
    wrong = []
    for name in given:
        values = given.getall(name)
        if len(values) > 1 and name not in repeatable:
            wrong.append(FieldError(name, "Given more than once."))
        elif name not in free_text and any(value.lower() == "null" for value in values):
            wrong.append(FieldError(name, "There is no null here; leave it out instead."))
    if wrong:
        raise InvalidRequest(wrong)
