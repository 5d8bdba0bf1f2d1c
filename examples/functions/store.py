"""Where functions leave for one another what is too large for a request: a folder, or a bucket of an S3 store.

REEVE_STORE names it: the path of a folder (on one machine, or on a file system that nodes share), or s3://BUCKET.
A bucket needs REEVE_S3_ENDPOINT, such as http://minio.openfaas:9000, and the usual AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_REGION; it is reached with boto3, in Debian python3-boto3.
"""
import contextlib
import os
import re
import tempfile
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9._-]{1,255}(/[A-Za-z0-9._-]{1,255})*")


class StoreError(Exception):
    """The store is not there, or not what the environment says."""


def is_name(name):
    """Whether `name` can name an object: parts of letters, digits, ".", "_" and "-" between slashes."""
    return (isinstance(name, str) and len(name) <= 1024 and NAME.fullmatch(name) is not None
            and not {".", ".."} & set(name.split("/")))


class FolderStore:
    """Objects as files below a folder."""

    def __init__(self, path):
        self.folder = Path(path)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the store's folder {path} cannot be made: {error.strerror}") from error

    def put(self, name, data):
        """Keeps `data` as `name`: whoever reads sees all of it or nothing."""
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as file:
            file.write(data)
        # The others' users may read it too: functions, and the coordinator that clears away.
        os.chmod(file.name, 0o644)
        os.replace(file.name, place)

    def get(self, name):
        """What is kept as `name`; None when nothing is."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def file(self, name):
        """The path of a file with what is kept as `name`; None when nothing is."""
        place = self.folder / name
        yield str(place) if place.is_file() else None


class BucketStore:
    """Objects in a bucket."""

    def __init__(self, bucket):
        try:
            import boto3
        except ImportError as error:
            raise StoreError("a store in a bucket needs boto3, in Debian python3-boto3") from error
        endpoint = os.environ.get("REEVE_S3_ENDPOINT")
        if not endpoint:
            raise StoreError(f"REEVE_S3_ENDPOINT must say where bucket {bucket} is, such as http://minio.openfaas:9000")
        self.bucket, self.client = bucket, boto3.client(
            "s3", endpoint_url=endpoint, region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"))

    def put(self, name, data):
        self.client.put_object(Bucket=self.bucket, Key=name, Body=data)

    def get(self, name):
        try:
            return self.client.get_object(Bucket=self.bucket, Key=name)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None

    @contextlib.contextmanager
    def file(self, name):
        data = self.get(name)
        with tempfile.NamedTemporaryFile() as file:
            file.write(data or b"")
            file.flush()
            yield None if data is None else file.name


def open_store():
    """The store that the environment names. Raises `StoreError` when it names none."""
    place = os.environ.get("REEVE_STORE", "")
    if not place:
        raise StoreError("REEVE_STORE must name where frames travel: a folder, or s3://BUCKET")
    return BucketStore(place.removeprefix("s3://")) if place.startswith("s3://") else FolderStore(place)
