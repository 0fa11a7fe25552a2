"""`/docs` in a real browser without internet access."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.processes import serving

LOADED = "return performance.getEntriesByType('resource').map(entry => entry.name)"


@pytest.mark.usefixtures("data_directory")
def test_the_documentation_shows_each_part_and_sends_a_request(
    tmp_path: Path, browser: webdriver.Chrome
) -> None:
    with serving(cwd=tmp_path) as served:
        wait = WebDriverWait(browser, 20)
        browser.get(f"{served.url}/docs#/Health/health")
        wait.until(lambda page: len(page.find_elements(By.CLASS_NAME, "opblock-tag")) >= 10)

        wait.until(lambda page: page.find_element(By.CSS_SELECTOR, ".opblock .execute")).click()
        answered = wait.until(
            lambda page: page.find_element(By.CSS_SELECTOR, ".live-responses-table .microlight")
        )
        assert '"status": "ok"' in answered.text

        elsewhere = [name for name in browser.execute_script(LOADED) if served.url not in name]
        assert not [name for name in elsewhere if not name.startswith("data:")]
        refused = [line["message"] for line in browser.get_log("browser")]  # type: ignore[no-untyped-call]  # Selenium types little.
        assert not refused
