"""Where the reading room listens, to whom it answers, and what it says when it cannot start."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from room_server import ROOT, RoomServer, reading_room

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.local_only import is_local
from FootDeformityLib.hosts.browser.serve import free_port
from FootDeformityLib.hosts.command_line.main import main


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, samples: tuple[Path, Path]) -> Iterator[RoomServer]:
    with reading_room(samples[0], state=tmp_path_factory.mktemp("state")) as server:
        yield server


def status(server: RoomServer, path: str, headers: dict[str, str], method: str = "GET") -> tuple[int, dict[str, str]]:
    port = int(server.address.rstrip("/").rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={"Host": f"127.0.0.1:{port}", **headers})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, dict(response.getheaders())


def test_it_listens_on_this_machine_only(server: RoomServer) -> None:
    port = int(server.address.rstrip("/").rsplit(":", 1)[1])
    with socket.socket() as elsewhere:  # the port is free on every other address of the machine
        elsewhere.bind(("127.0.0.2", port))


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/ws", "GET"), ("/room/session", "POST"), ("/room/open", "POST")]
)
@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_pages_from_elsewhere_get_nothing(server: RoomServer, path: str, method: str, headers: dict[str, str]) -> None:
    assert status(server, path, headers, method)[0] == 403


def test_the_page_may_load_nothing_from_elsewhere(server: RoomServer) -> None:
    code, headers = status(server, "/", {})
    assert code == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]


def test_files_outside_the_page_are_not_served(server: RoomServer) -> None:
    for path in ("/room_page/../serve.py", "/room_page/%2e%2e/serve.py", "/room/download/..%2f..%2fetc%2fpasswd"):
        assert status(server, path, {})[0] in (403, 404), path


@pytest.mark.parametrize(
    ("host", "origin", "local"),
    [
        ("127.0.0.1:8080", None, True),
        ("localhost:8080", "http://localhost:8080", True),
        ("127.0.0.1:8080", "http://127.0.0.1:8081", False),
        ("127.0.0.1:8080", "null", False),
        ("127.0.0.1.evil.example:8080", None, False),
        ("evil.example", "http://evil.example", False),
    ],
)
def test_local_means_our_own_page(host: str, origin: str | None, local: bool) -> None:
    assert is_local(host, origin) is local


def test_a_busy_port_is_named_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(FootDeformityError, match=rf"Port {port} is in use.*--port"):
            free_port(port)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such_file.dcm"], "no such file"),
        (["--second-reader"], "belong to a worklist"),
        ([str(ROOT), "ap.dcm"], "worklist of its own"),
    ],
)
def test_what_cannot_be_opened_is_said_before_anything_starts(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["web", "--no-open", "--port", "0", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_port_must_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["web", "--port", "80"])
    assert "1024 to 65535" in capsys.readouterr().err


def test_the_window_never_imports_torch() -> None:
    code = (
        "import sys, FootDeformityLib.hosts.browser.reading_room, FootDeformityLib.hosts.browser.serve;"
        "sys.exit('torch' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "FootDeformity")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
