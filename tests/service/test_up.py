"""One installation from its start to its end, as a person meets it: `greffe up --demo`, a page, the clock, a loss."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.service, pytest.mark.slow]

PATIENCE = 60.0
API = "/api/v1"
RENEWED = "VAL-0013"  # six-month periods, the next one three days ahead


def greffe(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adapters", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


@dataclass
class Installation:
    """A `greffe up` that runs, and a browser on it."""

    process: subprocess.Popen[str]
    data: Path
    url: str
    browser: httpx.Client

    def verb(self, *words: str) -> Any:
        done = greffe(*words, "--data", str(self.data), "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def read(self, path: str) -> Any:
        answer = self.browser.get(f"{API}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def agent(self, matricule: str) -> str:
        (found,) = self.read(f"/agents?q={matricule}")["items"]
        identifier: str = found["id"]
        return identifier

    def events(self, agent: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.read(f"/agents/{agent}/events")["items"]
        return items

    def move_clock(self, day: str) -> None:
        page = self.browser.get("/").text
        token = re.search(r'name="jeton" value="([0-9a-f]+)"', page)
        assert token is not None
        form = {"jeton": token[1], "jour": day, "retour": "/"}
        assert self.browser.post("/bac-a-sable/horloge", data=form, timeout=PATIENCE).status_code == 303

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="greffe-up-"))
    root.chmod(0o711)
    yield root / "data"
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def installation(data: Path) -> Iterator[Installation]:
    command = [sys.executable, "-m", "adapters", "up", "--demo", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://\S+", said)
    assert found is not None, process.stderr.read() if process.stderr else ""
    with httpx.Client(base_url=found[0]) as browser:
        yield Installation(process, data, found[0], browser)
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=PATIENCE)


def test_the_page_opens_and_shows_what_is_due(installation: Installation) -> None:
    page = installation.browser.get("/")

    assert page.status_code == 200
    assert "En retard" in page.text
    assert "Reconduction tacite" in page.text


def test_other_verbs_find_the_installation(installation: Installation) -> None:
    assert {"part_time_tacit_renewal"} <= {line["kind"] for line in installation.verb("agenda")}
    assert installation.verb("verify", "--all")["intact"]
    assert all(view["missing"] == view["extra"] == 0 for view in installation.verb("rebuild", "--all", "--check"))
    assert installation.verb("replay", RENEWED)["entitlements"]["part_time"]["quotite"] == 90
    assert all(point["well"] for point in installation.verb("doctor"))


def test_a_refused_request_is_explained(installation: Installation) -> None:
    agent = installation.agent("VAL-0043")
    question = {"agent": agent, "type": "part_time.request", "quotite": 85, "starts_on": "2029-01-01", "months": 12}

    answer = installation.browser.post(f"{API}/checks", json=question)

    assert answer.status_code == 200, answer.text
    (refused,) = [rule for rule in answer.json()["rules"] if not rule["met"]]
    assert refused["code"] == "quotite_not_allowed"
    assert refused["suggestion"] == {"quotite": 80}
    assert "28-1" in json.dumps(refused["basis"])


def test_a_year_later_the_tacit_renewals_have_come_with_their_article(installation: Installation) -> None:
    agent = installation.agent(RENEWED)
    before = [one for one in installation.events(agent) if one["type"] == "PartTimeRenewedTacitly"]

    installation.move_clock("2029-03-10")

    events = installation.events(agent)
    renewed = [one for one in events if one["type"] == "PartTimeRenewedTacitly"]
    assert [one["on"] for one in renewed[len(before) :]] == ["2028-03-04", "2028-09-04", "2029-03-04"]
    assert all("28-2" in json.dumps(one["basis"]) for one in renewed)


def test_a_lost_temporal_is_set_again_from_the_store(installation: Installation) -> None:
    recorded = installation.verb("rearm")["recorded"]
    assert recorded > 10

    lose_temporal(installation)

    again = installation.verb("rearm")
    assert again["recorded"] == recorded
    assert {"point": "réveils", "well": True}.items() <= settled(installation).items()
    (alarms,) = [point for point in installation.verb("doctor") if point["point"] == "réveils"]
    assert alarms["found"] == f"{recorded} échéances enregistrées, {recorded} réveils posés"


def lose_temporal(installation: Installation) -> None:
    """Delete what Temporal holds, and kill it; `up` brings an empty one back."""
    children = psutil.Process(installation.process.pid).children(recursive=True)
    (temporal,) = [child for child in children if "temporal" in child.name()]
    for part in (installation.data / "temporal").glob("temporal.db*"):
        part.unlink()
    temporal.kill()
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        time.sleep(0.5)
        if greffe("rearm", "--data", str(installation.data)).returncode == 0:
            return
    raise AssertionError("Temporal did not come back")


def settled(installation: Installation) -> dict[str, Any]:
    """What the doctor says of the alarms once the workflows have looked at the store."""
    give_up = time.monotonic() + PATIENCE
    while True:
        done = greffe("doctor", "--data", str(installation.data), "--json")
        (alarms,) = [point for point in json.loads(done.stdout) if point["point"] == "réveils"]
        if alarms["well"] or time.monotonic() > give_up:
            found: dict[str, Any] = alarms
            return found
        time.sleep(0.5)


def test_a_second_greffe_on_the_same_directory_or_port_is_refused(installation: Installation) -> None:
    second = greffe("up", "--port", "0", "--data", str(installation.data))
    assert second.returncode == 5
    assert "déjà utilisé par un autre Greffe" in second.stderr

    port = installation.url.rpartition(":")[2]
    other = greffe("up", "--port", port, "--data", str(installation.data / "other"))
    assert other.returncode == 5
    assert f"le port {port} n'est pas libre" in other.stderr


def test_connection_details_are_for_their_owner_only(installation: Installation) -> None:
    file = installation.data / "installation.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["url"] == installation.url


def test_it_stops_cleanly(installation: Installation) -> None:
    children = psutil.Process(installation.process.pid).children(recursive=True)

    assert installation.stop() == 0
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert not (installation.data / "installation.json").exists()
    assert greffe("agenda", "--data", str(installation.data)).returncode == 7


def test_an_address_open_to_others_is_refused() -> None:
    done = greffe("up", "--host", "0.0.0.0", "--data", f"/tmp/never-{os.getpid()}")

    assert done.returncode == 2
    assert "n'est pas une adresse de cette machine" in done.stderr
    assert not Path(f"/tmp/never-{os.getpid()}").exists()
