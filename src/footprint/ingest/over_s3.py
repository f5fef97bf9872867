"""Objects of S3: addresses that are signed for one request, fetched over HTTP."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from footprint.config.addresses import S3_KEYS, shown
from footprint.errors import ConfigError
from footprint.ingest import over_http
from footprint.ingest.transfer import DownloadError, Transfer, TryAgain

AMAZON = "https://s3.amazonaws.com"
SECONDS = 30
"""Without an answer."""
VALID_FOR = timedelta(hours=12)
"""How long a signed address lets its owner in; it leaves this process for the server alone."""


def attempt(transfer: Transfer) -> None:
    """Ask for what is missing, and write it.

    Raises
    ------
    TryAgain, DownloadError, FileFormatError, ConfigError
        As over HTTP.
    """
    over_http.attempt(replace(transfer, url=signed(transfer.url)))


def signed(url: str) -> str:
    """Sign the address of an object with the keys that the environment names.

    The variables are those of Amazon's own programs: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
    AWS_SESSION_TOKEN, or AWS_PROFILE; AWS_ENDPOINT_URL for other servers; AWS_REGION. Without
    keys the object is asked for as anybody may.

    Parameters
    ----------
    url
        ``s3://<bucket>/<key>``.

    Returns
    -------
    str
        An address that must not be shown.

    Raises
    ------
    DownloadError
        The package that signs is missing, or it refuses bucket or key.
    ConfigError
        AWS_ENDPOINT_URL is no address.
    TryAgain
        The server that knows the bucket's region cannot be asked.
    """
    address = urlsplit(url)
    with client_of_bucket(url) as client:
        there: str = client.presigned_get_object(
            address.netloc, unquote(address.path.lstrip("/")), expires=VALID_FOR
        )
        return there


@contextmanager
def client_of_bucket(url: str) -> Iterator[Any]:
    """Give a client of S3 for an address, and word what it raises.

    Raises
    ------
    DownloadError, ConfigError, TryAgain
        As `signed`; the server refuses.
    """
    try:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError
    except ImportError:
        msg = f"{shown(url)}: S3 needs the package minio, which is not installed: run make remote"
        raise DownloadError(msg) from None
    try:
        yield _client()
    except ValueError as error:
        msg = f"{shown(url)} is no object of S3: {error}. Expected s3://<bucket>/<key>"
        raise DownloadError(msg) from None
    except S3Error as error:
        msg = f"cannot ask for {shown(url)}: {error.code}, {error.message}: {S3_KEYS}"
        raise DownloadError(msg) from None
    except (MinioException, HTTPError) as error:
        text = f"cannot ask for {shown(url)} ({type(error).__name__}): look at AWS_ENDPOINT_URL"
        raise TryAgain(text) from None


def _client() -> Any:
    from minio import Minio
    from minio.credentials.providers import AWSConfigProvider, ChainedProvider, EnvAWSProvider
    from urllib3 import PoolManager

    named = os.getenv("AWS_ENDPOINT_URL_S3") or os.getenv("AWS_ENDPOINT_URL") or AMAZON
    endpoint = urlsplit(named)
    if endpoint.scheme not in {"http", "https"} or not endpoint.hostname or endpoint.username:
        msg = f"AWS_ENDPOINT_URL is '{shown(named)}', expected the address of a server: https://..."
        raise ConfigError(msg)
    region = os.getenv("AWS_REGION") or os.getenv("AWS_DEFAULT_REGION")
    if region is None and named != AMAZON:
        region = "us-east-1"  # what other servers go by
    keys: Any = ChainedProvider([EnvAWSProvider(), AWSConfigProvider()])
    try:
        keys.retrieve()
    except ValueError:  # there are none: a public bucket
        keys = None
    return Minio(
        endpoint.netloc,
        secure=endpoint.scheme == "https",
        region=region,
        credentials=keys,
        # Its own would wait for five minutes, five times.
        http_client=PoolManager(timeout=SECONDS, retries=2, cert_reqs="CERT_REQUIRED"),
    )
