"""`cowork openapi`: the OpenAPI document."""

import json
import sys

from entrypoints.container import Container
from entrypoints.http.app import litestar_app
from entrypoints.http.openapi.postprocess import openapi_document
from entrypoints.settings import Settings


def openapi() -> None:
    """Print the OpenAPI 3.1 document as JSON."""
    app = litestar_app(Container(settings=Settings()))
    json.dump(openapi_document(app), sys.stdout, indent=2)
    sys.stdout.write("\n")
