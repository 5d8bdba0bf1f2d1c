#!/usr/bin/python3
"""Serves one function of the video workflow as OpenFaaS' function watchdog serves it.

    usage: serve.py NAME [--port 8080] [--address 127.0.0.1]

NAME is one of those that `serve.py --list` prints. A POST's body is the function's input and the answer's body its
output, both JSON; GET /_/health says that it can be called. REEVE_STORE names where frames travel: a folder, or
s3://BUCKET (store.py). SIGTERM ends it once what it has begun is answered.
"""
import argparse
import signal
import sys
import threading

from store import StoreError, open_store
from video import FUNCTIONS
from watchdog import Watchdog


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", choices=sorted(FUNCTIONS), metavar="NAME")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--list", action="store_true", help="print the functions' names")
    options = parser.parse_args()
    if options.list:
        print("\n".join(sorted(FUNCTIONS)))
        return
    if not options.name:
        parser.error("NAME is missing: serve.py --list prints the functions' names")

    try:
        function = FUNCTIONS[options.name](open_store())
        server = Watchdog((options.address, options.port), options.name, function)
    except (StoreError, OSError) as error:
        sys.exit(f"{options.name} cannot be served at {options.address}:{options.port}: {error}")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with server:
        print(f"{options.name} at http://{options.address}:{server.server_address[1]}", flush=True)
        ended.wait()
        server.drain()


main()
