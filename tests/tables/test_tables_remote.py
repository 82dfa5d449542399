"""Object stores by the protocol of S3, spoken by a server of the test: fetched once, whole, no credentials in view."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables import remote_files
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


class Store(BaseHTTPRequestHandler):
    """Objects of one bucket: HEAD, GET with ranges, and lists."""

    protocol_version = "HTTP/1.1"
    objects: ClassVar[dict[str, bytes]] = {}
    fetched: ClassVar[list[str]] = []
    keys: ClassVar[set[str]] = set()

    def do_HEAD(self) -> None:
        self._answer(is_head=True)

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def _answer(self, *, is_head: bool) -> None:
        Store.keys.add(self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0])
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if "list-type" in parts.query:
            return self._send(200, self._list(parse_qs(parts.query)), is_head=False)
        if bucket != "lake" or (key and key not in self.objects):
            return self._send(404, b"", is_head=is_head)
        if key and not is_head:
            Store.fetched.append(key)
        return self._send(200, self.objects.get(key, b""), is_head=is_head)

    def _list(self, query: dict[str, list[str]]) -> bytes:
        prefix = query.get("prefix", [""])[0]
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified>"
            "<ETag>x</ETag></Contents>"
            for key, body in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        count = f"<KeyCount>{found.count('<Key>')}</KeyCount><IsTruncated>false</IsTruncated>"
        return f"<ListBucketResult>{count}<Name>lake</Name>{found}</ListBucketResult>".encode()

    def _send(self, status: int, body: bytes, *, is_head: bool) -> None:
        first, _, last = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        part = body[int(first) : int(last) + 1] if first and status == 200 else body
        self.send_response(206 if first and status == 200 else status)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT")
        self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()
        if not is_head:
            self.wfile.write(part)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    Store.objects, Store.fetched, Store.keys = {}, [], set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "THEKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("lockgate.tables.remote_files._LATEST", {})
    yield f"?scheme=http&endpoint_override=127.0.0.1:{server.server_port}&region=eu-central-1"
    server.shutdown()
    server.server_close()


def rows_of(location: str) -> list[dict[str, Any]]:
    return [row for batch in open_source(SourceReference(location)).batches() for row in batch.to_pylist()]


def parquet_bytes(*numbers: int) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"n": numbers}), sink)
    return sink.getvalue().to_pybytes()


def test_a_file_and_a_folder_of_a_bucket_are_read_and_fetched_once(store: str, tmp_path: Path) -> None:
    Store.objects["orders/country=CN/a.parquet"] = parquet_bytes(1, 2)
    Store.objects["orders/country=KR/b.parquet"] = parquet_bytes(3)
    Store.objects["people/c.csv"] = b"name\nLi Na\n"
    assert rows_of(f"s3://lake/people/c.csv{store}") == [{"name": "Li Na"}]
    assert Store.keys == {"THEKEY"}
    location = f"s3://lake/orders{store}"
    assert rows_of(location) == [{"n": 1, "country": "CN"}, {"n": 2, "country": "CN"}, {"n": 3, "country": "KR"}]
    assert open_source(SourceReference(location)).name == "s3://lake/orders"
    assert [one.name for one in describe_files(SourceReference(location))] == [
        "country=CN/a.parquet",
        "country=KR/b.parquet",
    ]
    assert sorted(set(Store.fetched)) == sorted(Store.objects)
    assert [oct(one.stat().st_mode)[-3:] for one in tmp_path.iterdir()] == ["700"]
    count = len(Store.fetched)
    Store.objects["orders/country=KR/b.parquet"] = parquet_bytes(3, 4, 5, 6)
    assert len(rows_of(location)) == 6
    assert len(Store.fetched) > count


def test_what_is_not_there_or_leads_out_of_its_folder_is_an_error(store: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file at `s3://lake/nothing\.csv`") as caught:
        rows_of(f"s3://lake/nothing.csv{store}")
    assert "SECRET" not in str(caught.value)
    Store.objects["bad/../../../escaped.csv"] = b"a\n1\n"
    with pytest.raises(InputError):
        rows_of(f"s3://lake/bad{store}")
    assert not list(tmp_path.rglob("escaped.csv"))


@pytest.mark.parametrize(
    "location",
    ["s3://KEY:SECRET@lake/a.csv", "s3://lake/a.csv?secret_key=SECRET", "abfss://c@a/x.csv?sas_token=SECRET"],
)
def test_credentials_in_a_location_are_refused_and_not_told(location: str) -> None:
    with pytest.raises(InputError, match="holds credentials") as caught:
        open_source(SourceReference(location))
    assert "SECRET" not in str(caught.value) + caught.value.hint


def test_the_name_that_hadoop_has_for_s3_is_known(store: str) -> None:
    Store.objects["a.csv"] = b"name\nLi Na\n"
    assert rows_of(f"s3a://lake/a.csv{store}") == [{"name": "Li Na"}]


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("gs://lake/a.csv", "gs://lake/a.csv?retry_limit_seconds=60"),
        ("gs://lake/a.csv?scheme=http", "gs://lake/a.csv?scheme=http&retry_limit_seconds=60"),
        ("gs://lake/a.csv?retry_limit_seconds=5", "gs://lake/a.csv?retry_limit_seconds=5"),
        ("s3://lake/a.csv", "s3://lake/a.csv"),
    ],
)
def test_googles_library_does_not_try_for_ever(location: str, asked: str) -> None:
    assert remote_files._for_arrow(location) == asked


def test_a_store_that_does_not_answer_is_an_error() -> None:
    location = "gs://lake/a.csv?endpoint_override=127.0.0.1:1&scheme=http&retry_limit_seconds=1"
    with pytest.raises(InputError, match=r"`gs://lake/a\.csv` cannot be read"):
        rows_of(location)


def test_hadoop_without_its_libraries_says_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JAVA_HOME", "HADOOP_HOME", "ARROW_LIBHDFS_DIR"):
        monkeypatch.setenv(name, "/nowhere")
    with pytest.raises(InputError) as caught:
        rows_of("hdfs://127.0.0.1:1/a.csv")
    assert "HADOOP_HOME" in caught.value.hint
