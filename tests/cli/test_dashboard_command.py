"""`needling dashboard`: one process, on this machine only, that ends when it is told to."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

PATIENCE_S = 60


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(port: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    words = ["dashboard", "--port", str(port), "--home", str(tmp_path / "home"), "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def wait_until_healthy(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[1]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as response:
                assert response.status == 200
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the dashboard did not answer within {PATIENCE_S} s")


def listening_addresses(port: int) -> set[str]:
    """Local addresses, in the kernel's own notation, on which somebody listens on that port."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, hex_port = local.partition(":")
            if int(hex_port, 16) == port and state == "0A":
                found.add(address)
    return found


def test_it_serves_this_machine_alone_and_ends_when_told(
    server: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    wait_until_healthy(server, port)
    assert listening_addresses(port) == {"0100007F"}  # 127.0.0.1, low byte first
    server.send_signal(signal.SIGTERM)
    stdout, _ = server.communicate(timeout=PATIENCE_S)
    assert json.loads(stdout) == {"url": f"http://127.0.0.1:{port}", "home": str(tmp_path / "home")}
    assert not (tmp_path / "home").exists()


def test_a_taken_port_is_usage(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        words = [sys.executable, "-c", "from pipeline.cli import main; main()", "dashboard", "--port", port]
        done = subprocess.run(words, capture_output=True, check=False, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr
