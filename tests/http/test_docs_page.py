"""The interactive API documentation."""

import pytest

from tests.http.service import Service


async def test_the_documentation_page_loads_everything_from_the_service(service: Service) -> None:
    page = await service.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "//" not in page.text.replace("<!doctype", "")


@pytest.mark.parametrize(
    "name, media_type",
    [
        ("start.js", "text/javascript"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("favicon-32x32.png", "image/png"),
    ],
)
async def test_the_assets_of_the_page_are_served(
    service: Service, name: str, media_type: str
) -> None:
    response = await service.client.get(f"/docs/{name}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)
    assert response.content


@pytest.mark.parametrize(
    "path", ["/docs/index.html", "/docs/..%2Fapp.py", "/docs/litestar", "/docs/litestar/x.json"]
)
async def test_no_other_file_is_served(service: Service, path: str) -> None:
    await service.anonymous.expect(404, "GET", path)
