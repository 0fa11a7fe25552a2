"""A service with default settings, imported by a fork server before it forks.

Creating it takes most of the startup time.
"""

from entrypoints.container import Container
from entrypoints.http.app import serve_container
from entrypoints.settings import Settings

CONTAINER = Container(settings=Settings())
APP = serve_container(CONTAINER)
