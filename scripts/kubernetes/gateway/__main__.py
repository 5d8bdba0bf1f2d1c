"""A gateway for test beds that answers as OpenFaaS' does, with Python's standard library alone.

    usage: gateway --listen ADDRESS:PORT --functions FILE
           gateway --listen ADDRESS:PORT --server URL --ca FILE --certificate FILE --key FILE [--namespace openfaas-fn]

Functions are those that a file names, one "NAME URL" a line, or the Deployments of a namespace, each called at port
8080 of one of its ready pods. Asynchronous calls wait in a queue for --queue-workers, as many as are worked on at once.
With --user and --password what is asked about functions needs them; calls never do.
"""
import argparse
import sys
import threading
from pathlib import Path

from provider import FileProvider, KubernetesProvider
from queueworker import Queue
from server import Gateway

# The API server as the kubelets' stand-in sees it.
sys.path.append(str(Path(__file__).resolve().parent.parent / "kubelets"))


def main():
    parser = argparse.ArgumentParser(
        prog="gateway", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--functions", metavar="FILE")
    for option in ("--server", "--ca", "--certificate", "--key", "--user", "--password"):
        parser.add_argument(option)
    parser.add_argument("--namespace", default="openfaas-fn")
    parser.add_argument("--queue-workers", type=int, default=16)
    parser.add_argument("--timeout", type=float, default=60, help="seconds that a function may take")
    options = parser.parse_args()

    if options.functions:
        provider = FileProvider(options.functions)
    elif options.server:
        from api import Api
        provider = KubernetesProvider(
            Api(options.server, options.ca, options.certificate, options.key), options.namespace)
        threading.Thread(target=provider.watch_for_ever, daemon=True).start()
    else:
        parser.error("either --functions or --server must say where the functions are")
    credential = f"{options.user}:{options.password}" if options.user else None
    address, _, port = options.listen.rpartition(":")
    gateway = Gateway((address, int(port)), provider, Queue(options.queue_workers), credential, options.timeout)
    print(f"gateway at http://{address}:{gateway.server_address[1]}", flush=True)
    gateway.serve_forever()


main()
