"""Jobs on Ray: a real cluster on loopback, of a head and two workers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from cluster_checks import check_end_of_starter, check_errors, check_loss_of_a_node, check_settings, waiting_job
from cluster_releases import (
    Made,
    check_lost_release,
    check_release,
    check_resumed_release,
    check_verification,
    release_here,
)
from clusters import SECRET, RealRay, own_network, wait_until

from lockgate.tables.engine import open_engine
from lockgate.terms.errors import CounterpartyError, InputError

pytestmark = pytest.mark.skipif(not find_spec("ray"), reason="the extra `ray` is not installed")


@pytest.fixture(scope="module")
def started() -> Iterator[RealRay]:
    with own_network():
        cluster = RealRay()
        yield cluster
        cluster.close()


@pytest.fixture
def ray(started: RealRay, monkeypatch: pytest.MonkeyPatch) -> RealRay:
    """A cluster with both workers up, and its token in the environment."""
    started.heal()
    monkeypatch.setenv("RAY_AUTH_TOKEN", SECRET)
    return started


@pytest.mark.slow
def test_a_job_on_ray_survives_the_loss_of_a_node(ray: RealRay, tmp_path: Path) -> None:
    check_loss_of_a_node(ray, tmp_path)


@pytest.mark.slow
def test_errors_on_ray_arrive_as_themselves_and_no_log_has_them(
    ray: RealRay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("LOCKGATE_ENGINE_LOG", str(log))
    engine = open_engine(ray.address, 0)
    check_settings(engine, tmp_path)
    with monkeypatch.context() as inner:
        word = check_errors(engine, tmp_path, inner)
    engine.close()
    said = ray.logs() + log.read_text()
    assert "raylet" in said
    assert word not in said
    assert SECRET not in said


@pytest.mark.slow
def test_ctrl_c_ends_what_runs_on_ray(ray: RealRay, tmp_path: Path) -> None:
    check_end_of_starter(ray.address, tmp_path, signal.SIGINT)


@pytest.mark.slow
def test_a_ray_of_its_own_ends_with_a_starter_that_is_killed(ray: RealRay, tmp_path: Path) -> None:
    check_end_of_starter("ray://local", tmp_path, signal.SIGKILL)


@pytest.mark.slow
def test_a_ray_head_that_is_gone_is_told_with_what_to_do(ray: RealRay, tmp_path: Path) -> None:
    folder, task = waiting_job(tmp_path)
    engine = open_engine(ray.address, 0)
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: list(engine.run(folder, range(4))))
        wait_until(lambda: len(task.numbers()) == 2, "fragments on both nodes")
        assert ray.head is not None
        ray.head.kill()
        with pytest.raises(CounterpartyError) as caught:
            found.result(120)
    assert "--resume" in caught.value.hint
    engine.close()


@pytest.mark.slow
@pytest.mark.parametrize("token", ["", "wrong-0123456789"])
def test_ray_lets_nobody_in_without_its_token(
    ray: RealRay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", token)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InputError, match="did not take the connection") as caught:
        open_engine(ray.address, 0)
    assert "RAY_AUTH_TOKEN" in caught.value.hint
    assert not token or token not in str(caught.value) + caught.value.hint


@pytest.mark.slow
def test_ray_says_itself_that_it_reports_nothing() -> None:
    ask = "from ray._common.usage import usage_lib; print(usage_lib.usage_stats_enabled())"
    for settings, told in (({"RAY_USAGE_STATS_ENABLED": "0"}, "False"), ({"RAY_USAGE_STATS_ENABLED": "1"}, "True")):
        environment = {**os.environ, **settings}
        run = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == told


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return release_here(tmp_path_factory.mktemp("ray"))


@pytest.mark.slow
def test_a_release_on_ray_has_the_bytes_of_one_made_here_also_when_a_node_is_lost(
    ray: RealRay, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_release(ray, tmp_path, here, monkeypatch)


@pytest.mark.slow
def test_a_release_on_ray_whose_starter_is_killed_is_resumed_to_the_same_bytes(
    ray: RealRay, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_resumed_release(ray, tmp_path, here, monkeypatch)


@pytest.mark.slow
def test_a_release_whose_ray_is_lost_keeps_what_is_finished(ray: RealRay, tmp_path: Path, here: Made) -> None:
    check_lost_release(ray, tmp_path, here)


@pytest.mark.slow
def test_a_release_is_checked_on_ray_as_it_is_here(
    ray: RealRay, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_verification(ray, tmp_path, here, monkeypatch)
