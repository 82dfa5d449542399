"""Jobs on Spark: a real standalone cluster on loopback, of a master and two workers, with a shared secret."""

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from cluster_checks import check_end_of_starter, check_errors, check_loss_of_a_node, check_settings, waiting_job
from cluster_releases import Made, check_release, check_resumed_release, check_verification, release_here
from clusters import SECRET, RealSpark, own_network, wait_until

from lockgate.tables.engine import open_engine

pytestmark = [
    pytest.mark.skipif(not find_spec("pyspark"), reason="the extra `spark` is not installed"),
    pytest.mark.skipif(not shutil.which("java"), reason="no Java here"),
]


@pytest.fixture(scope="module")
def started() -> Iterator[RealSpark]:
    with own_network():
        cluster = RealSpark()
        yield cluster
        cluster.close()


@pytest.fixture
def spark(started: RealSpark, monkeypatch: pytest.MonkeyPatch) -> RealSpark:
    """A cluster with both workers up, and its secret where Spark looks for it."""
    started.heal()
    monkeypatch.setenv("SPARK_CONF_DIR", started.environment["SPARK_CONF_DIR"])
    return started


@pytest.mark.slow
def test_a_job_on_spark_survives_the_loss_of_a_node(spark: RealSpark, tmp_path: Path) -> None:
    check_loss_of_a_node(spark, tmp_path)


@pytest.mark.slow
def test_errors_on_spark_arrive_as_themselves_and_no_log_has_them(
    spark: RealSpark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("LOCKGATE_ENGINE_LOG", str(log))
    engine = open_engine(spark.address, 0)
    check_settings(engine, tmp_path)
    with monkeypatch.context() as inner:
        word = check_errors(engine, tmp_path, inner)
    engine.close()
    kept = (spark.folder / "conf" / "spark-defaults.conf").read_text()
    said = spark.logs().replace(kept, "") + log.read_text()
    assert "app-" in said
    assert word not in said
    assert SECRET not in said


@pytest.mark.slow
def test_ctrl_c_ends_what_runs_on_spark(spark: RealSpark, tmp_path: Path) -> None:
    check_end_of_starter(spark.address, tmp_path, signal.SIGINT)


@pytest.mark.slow
def test_a_spark_of_its_own_ends_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    check_end_of_starter("spark://local[2]", tmp_path, signal.SIGKILL)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return release_here(tmp_path_factory.mktemp("spark"))


@pytest.mark.slow
def test_a_release_on_spark_has_the_bytes_of_one_made_here_also_when_a_node_is_lost(
    spark: RealSpark, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_release(spark, tmp_path, here, monkeypatch)


@pytest.mark.slow
def test_a_release_on_spark_whose_starter_is_killed_is_resumed_to_the_same_bytes(
    spark: RealSpark, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_resumed_release(spark, tmp_path, here, monkeypatch)


@pytest.mark.slow
def test_a_job_on_spark_does_without_its_master(spark: RealSpark, tmp_path: Path) -> None:
    folder, task = waiting_job(tmp_path)
    engine = open_engine(spark.address, 0)
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: dict(engine.run(folder, range(6))))
        wait_until(lambda: len(task.numbers()) == 2, "fragments on both nodes")
        assert spark.head is not None
        spark.head.kill()
        (task.marks / "go").touch()
        assert found.result(120) == {number: number * 10 for number in range(6)}
    engine.close()


@pytest.mark.slow
def test_a_release_is_checked_on_spark_as_it_is_here(
    spark: RealSpark, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_verification(spark, tmp_path, here, monkeypatch)
