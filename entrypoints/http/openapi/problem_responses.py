"""The problems of an operation, for Litestar's `responses`."""

from litestar.openapi.datastructures import ResponseSpec

from domain.errors import DomainError
from entrypoints.http.error_status import status_of
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, Problem


def problem_responses(*error_types: type[DomainError]) -> dict[int, ResponseSpec]:
    """Return the errors that a handler can raise, by status, for its `responses`.

    Each description lists the codes; `postprocess` replaces it by their sentences.
    """
    codes: dict[int, list[str]] = {}
    for error_type in error_types:
        codes.setdefault(status_of(error_type), []).append(error_type.code)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=", ".join(f"`{code}`" for code in status_codes),
            media_type=PROBLEM_MEDIA_TYPE,
        )
        for status, status_codes in sorted(codes.items())
    }
