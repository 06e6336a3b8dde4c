"""An S3-compatible service of our own, in this process: it lies outside of the product."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from moto.server import ThreadedMotoServer

SECRET = "canary-5d2c-s3-secret"


@contextmanager
def bucket_service(environ: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket, as `RAVAND_FILES_URL` wants it; the keys are in `environ`."""
    environ.setenv("AWS_ACCESS_KEY_ID", "ravand")
    environ.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    service = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    host, port = service.get_host_and_port()
    try:
        requests.put(f"http://{host}:{port}/ravand", timeout=5).raise_for_status()
        yield f"s3://ravand/files?endpoint=http://{host}:{port}"
        requests.post(f"http://{host}:{port}/moto-api/reset", timeout=5).raise_for_status()
    finally:
        service.stop()
