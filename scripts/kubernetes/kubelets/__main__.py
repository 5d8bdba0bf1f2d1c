"""Stands in for the kubelets of the test cluster, with Python's standard library alone.

Registers the nodes and keeps them ready, takes bound pods to Running and Ready, runs what their container says, or
serves HTTP on the pod's address as a function watchdog does, ends pods that are to be deleted, and publishes
metrics.k8s.io.
"""
import argparse
import threading

import metrics
import nodes
from api import Api
from pods import Pods

WORKERS = 4


def main():
    parser = argparse.ArgumentParser(prog="kubelets", description=__doc__)
    for option in ("--server", "--ca", "--certificate", "--key", "--pod-network"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()

    api = Api(options.server, options.ca, options.certificate, options.key)
    bed = nodes.test_bed(options.pod_network)
    pods = Pods(api, bed, options.pod_network)
    nodes.register(api, bed.values())
    work = [(nodes.beat_for_ever, (api, bed.values())), (metrics.publish_for_ever, (api, bed, pods))]
    work += [(pods.work_for_ever, ())] * WORKERS
    for target, arguments in work:
        threading.Thread(target=target, args=arguments, daemon=True).start()
    pods.watch_for_ever()


main()
