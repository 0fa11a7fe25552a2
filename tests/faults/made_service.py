"""A service that is made but not set: for processes forked from one that has loaded this.

To make it takes most of the time until it can answer.
"""

from entrypoints.container import Container
from entrypoints.http.app import serve_container
from entrypoints.settings import Settings

CONTAINER = Container(settings=Settings())
APP = serve_container(CONTAINER)
