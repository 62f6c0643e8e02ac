"""The conformance server as a real process, on each server that Livrya runs on."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import aiohttp
import pytest

from realtime.testing.server import free_port

_START_SECONDS = 30.0


@pytest.fixture(scope="package", params=["uvicorn", "daphne"])
def origin(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a running conformance server."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.conformance.server", "--port", str(port), "--server", request.param],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(process: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "The conformance server ended."
        try:
            urlopen(f"{address}/nothing", timeout=2)
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("The conformance server did not come up.")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session
