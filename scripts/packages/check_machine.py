#!/usr/bin/env python3
"""Installs reeve's packages in a booted Debian machine and sees what becomes of them.

    check_machine.py (packages|all) IMAGE LOGS AGENT.deb COORDINATOR.deb

`packages` installs, starts, upgrades, removes and purges; `all` also sees telemetry arrive, stops, kills and hangs the
programs, and unplugs a processor. One line for each thing seen, PASS or FAIL; exit code 1 when one failed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from machine import Machine, MachineError
from report import Report

# Longer than a node may be silent before it is unknown, with room for an emulated processor.
PATIENCE = 60
KNOWN = "reeve nodes --output json 2>/dev/null | grep -q '\"state\":\"known\"'"
UNKNOWN = "reeve nodes --output json 2>/dev/null | grep -q '\"state\":\"unknown\"'"
UNITS = ("reeve-agent", "reeve-coordinator")
# CAP_SYS_RAWIO is bit 17, CAP_PERFMON bit 38 (capabilities(7)).
AGENT_CAPABILITIES = 1 << 17 | 1 << 38


class Test:
    def __init__(self, machine, report, versions):
        self.machine, self.check, self.versions = machine, report.check, versions

    # What is asked of the machine.

    def run(self, command, seconds=120):
        return self.machine.run(command, seconds)

    def output(self, command):
        return self.run(command)[1]

    def succeeds(self, name, command, seconds=120):
        code, output = self.run(command, seconds)
        return self.check(name, code == 0, output)

    def becomes(self, name, command, seconds=PATIENCE):
        holds, output = self.machine.wait_until(command, seconds)
        return self.check(name, holds, output)

    def equals(self, name, command, expected):
        found = self.output(command)
        return self.check(name, found == expected, f"{found!r} instead of {expected!r}")

    def shown(self, unit, key):
        return self.output(f"systemctl show {unit} --property {key} --value")

    def taint(self):
        return self.output("cat /proc/sys/kernel/tainted")

    def no_unit_has_failed(self, when):
        self.equals(f"no unit has failed {when}", "systemctl --failed --no-legend --plain", "")

    # What is seen, in the order of a machine's life.

    def install(self):
        self.succeeds("the packages are handed over", "mkdir /root/debs && tar -xf /dev/vdb -C /root/debs")
        self.succeeds("apt installs both packages", "cd /root/debs && apt-get install -y ./*.deb", 420)
        self.installed_versions(self.versions[0])
        self.check("their users cannot log in", all(
            self.output(f"getent passwd {user}").endswith("/usr/sbin/nologin") for user in ("reeve", "reeve-agent")))
        self.equals("the agent's group owns the msr devices", "stat -c '%U %G %a' /dev/cpu/*/msr",
                    "root reeve-agent 660\nroot reeve-agent 660")
        self.equals("no keys are shipped", "ls -A /etc/reeve/keys /etc/reeve/agents.d | grep -v :$ | tr -d '\\n'", "")
        for unit in UNITS:
            self.equals(f"{unit} is enabled", f"systemctl is-enabled {unit}", "enabled")
            self.check(f"{unit} waits for its key",
                       self.shown(unit, "ActiveState") == "inactive" and self.shown(unit, "ConditionResult") == "no")
        self.no_unit_has_failed("after the installation")

    def installed_versions(self, expected):
        self.equals(f"both packages are {expected}", "dpkg-query -W -f '${Version} ${db:Status-Status}\\n' reeve-agent"
                    " reeve-coordinator", "\n".join([f"{expected} installed"] * 2))

    def start(self):
        self.succeeds("keys are made and allowed, as the manual says", """
            set -e
            reeve keys new coordinator --folder /etc/reeve/keys
            chgrp reeve /etc/reeve/keys/coordinator.key
            chmod 0640 /etc/reeve/keys/coordinator.key
            reeve keys new worker --folder /root
            reeve keys allow worker /root/worker.pub --folder /etc/reeve/agents.d
            install -m 0640 -g reeve-agent /root/worker.key /etc/reeve/keys/
            sed -i 's/^node: w01 /node: worker /; s/10[.]0[.]0[.]1/127.0.0.1/; s/w01[.]key/worker.key/' \
                /etc/reeve/agent.yaml""")
        # In the same command, so that nothing but systemctl's own waiting stands between start and look.
        self.succeeds("when the coordinator's start returns, its port (5555) listens",
                      "systemctl start reeve-coordinator && grep -q ':15B3 00000000:0000 0A' /proc/net/tcp")
        self.succeeds("the agent starts", "systemctl start reeve-agent")
        for unit in UNITS:
            self.check(f"{unit} has said that it is ready",
                       [self.shown(unit, key) for key in ("ActiveState", "Type", "StatusText")]
                       == ["active", "notify", "running"])
        self.becomes("the node is known to the coordinator", KNOWN)

    def privileges(self):
        pid = self.shown("reeve-agent", "MainPID")
        self.equals("the agent runs as its own user", f"stat -c '%U %G' /proc/{pid}", "reeve-agent reeve-agent")
        self.equals("with CAP_SYS_RAWIO and CAP_PERFMON alone",
                    f"grep -c {AGENT_CAPABILITIES:016x} /proc/{pid}/status", "5")
        self.equals("and reads the real msr devices", f"readlink /proc/{pid}/fd/* | grep msr | sort | tr '\\n' ' '",
                    "/dev/cpu/0/msr /dev/cpu/1/msr")
        pid = self.shown("reeve-coordinator", "MainPID")
        self.equals("the coordinator runs as reeve without a capability",
                    f"stat -c %U /proc/{pid}; grep CapEff /proc/{pid}/status", "reeve\nCapEff:\t0000000000000000")
        for unit in UNITS:
            line = self.output(f"systemd-analyze security {unit} --no-pager | tail -n 1")
            score = float(re.search(r"service: ([0-9.]+) ", line).group(1))
            self.check(f"systemd-analyze security of {unit}: {score}", score < 3.0, line)

    def telemetry(self):
        text = self.output("reeve counters worker --output json 2>/dev/null")
        try:
            rows = [row for row in json.loads(text)["rows"] if row["scope"] == "system"]
        except (ValueError, KeyError):
            self.check("counters arrive", False, text)
            return
        self.check(f"{len(rows)} metrics arrive, each with a value or a reason",
                   rows and all(row.get("value") is not None or row.get("detail") for row in rows), text)
        # Software emulation answers every register of these with zero and no error.
        lies = [row for row in rows if row["source"] == "msr" and row.get("value") is not None]
        self.check("no value is made of registers that are stuck at zero", not lies, lies)
        residency = next((row for row in rows if row["metric"] == "c0_residency_ratio"), {})
        self.check("C0 comes from the operating system's accounting, as derived",
                   residency.get("source") == "os" and residency.get("quality") == "derived"
                   and residency.get("value") is not None and 0 <= residency["value"] <= 1, residency)

    def authentication(self):
        self.succeeds("a key is revoked", "reeve keys revoke worker --folder /etc/reeve/agents.d")
        self.becomes("the revoked agent's node becomes unknown", UNKNOWN)
        self.succeeds("and allowed again", "reeve keys allow worker /root/worker.pub --folder /etc/reeve/agents.d")
        self.becomes("the node is known again", KNOWN)
        self.succeeds("an agent with a key of its own making knocks", """
            reeve keys new stranger --folder /root
            timeout 8 reeve-agent run --node worker --coordinator tcp://127.0.0.1:5555 --key /root/stranger.key \
                --coordinator-key /etc/reeve/keys/coordinator.pub
            true""")
        text = self.output("reeve status 2>/dev/null | grep refused")
        self.check("and is refused", "refused: 0 connections" not in text and "connections" in text, text)

    def outages(self):
        self.succeeds("the agent is stopped", "systemctl stop reeve-agent")
        self.becomes("its node becomes unknown", UNKNOWN)
        self.succeeds("and started again", "systemctl start reeve-agent")
        self.becomes("its node is known again", KNOWN)

        self.succeeds("the coordinator is restarted", "systemctl restart reeve-coordinator")
        self.becomes("the agent finds it again", KNOWN)

        self.succeeds("the agent is killed", "systemctl kill --signal KILL reeve-agent")
        self.becomes("systemd starts it again", "[ $(systemctl show reeve-agent -P NRestarts) = 1 ] && " + KNOWN)

        for unit in UNITS:
            self.succeeds(f"{unit} gets a watchdog of 8 s", f"""
                mkdir -p /run/systemd/system/{unit}.service.d
                printf '[Service]\\nWatchdogSec=8s\\n' >/run/systemd/system/{unit}.service.d/watchdog.conf
                systemctl daemon-reload && systemctl restart {unit}""")
            self.becomes(f"with it {unit} works", KNOWN)
            time.sleep(20)
            self.equals(f"and lives on for more than two periods", f"systemctl show {unit} -P NRestarts", "0")
            self.succeeds(f"{unit} hangs", f"systemctl kill --signal STOP {unit}")
            self.becomes(f"the watchdog kills {unit}, and systemd starts it again",
                         f"[ $(systemctl show {unit} -P NRestarts) = 1 ] && " + KNOWN)
            self.succeeds(f"for {unit} the journal says why",
                          f"journalctl -u {unit} | grep -q \"Failed with result 'watchdog'\"")

        self.run("sed -i 's/^interval: 500ms/interval: 5ms/' /etc/reeve/agent.yaml; systemctl restart reeve-agent")
        self.becomes("bad configuration ends the agent with exit code 2, and it is not started again",
                     "systemctl show reeve-agent -p ActiveState -p ExecMainStatus -p NRestarts | sort | tr '\\n' ' '"
                     " | grep -qx 'ActiveState=failed ExecMainStatus=2 NRestarts=0 '")
        self.succeeds("mended, it starts", """
            sed -i 's/^interval: 5ms/interval: 500ms/' /etc/reeve/agent.yaml
            systemctl reset-failed reeve-agent; systemctl start reeve-agent""")
        self.becomes("and its node is known", KNOWN)

    def drop_ins(self):
        self.succeeds("every drop-in is put in force", """
            mkdir -p /etc/systemd/system/reeve-agent.service.d /var/lib/prometheus/node-exporter
            cp /usr/share/doc/reeve-agent/examples/*.conf /etc/systemd/system/reeve-agent.service.d/
            systemctl daemon-reload && systemctl restart reeve-agent""")
        pid = self.shown("reeve-agent", "MainPID")
        self.equals("the agent then has CAP_DAC_OVERRIDE and CAP_SYS_ADMIN as well",
                    f"grep CapEff /proc/{pid}/status", f"CapEff:\t{AGENT_CAPABILITIES | 1 << 1 | 1 << 21:016x}")
        self.becomes("and its node is known", KNOWN)
        self.succeeds("the agent is told to write metrics for node_exporter", """
            chgrp reeve-agent /var/lib/prometheus/node-exporter && chmod g+w /var/lib/prometheus/node-exporter
            sed -i 's/^# textfile:/textfile:/' /etc/reeve/agent.yaml && systemctl restart reeve-agent""")
        self.becomes("which everybody may read", "grep -q '^reeve_' /var/lib/prometheus/node-exporter/reeve.prom"
                     " && [ \"$(stat -c %a /var/lib/prometheus/node-exporter/reeve.prom)\" = 644 ]")
        self.succeeds("all of it is taken back", """
            sed -i 's/^textfile:/# textfile:/' /etc/reeve/agent.yaml
            rm -r /etc/systemd/system/reeve-agent.service.d /var/lib/prometheus
            systemctl daemon-reload && systemctl restart reeve-agent""")
        self.becomes("and the node is known again", KNOWN)

    def hotplug(self):
        before = self.shown("reeve-agent", "MainPID")
        self.succeeds("CPU 1 is unplugged", "echo 0 >/sys/devices/system/cpu/cpu1/online && [ ! -e /dev/cpu/1/msr ]")
        time.sleep(5)
        self.becomes("the node stays known", KNOWN)
        self.succeeds("CPU 1 is plugged in again", "echo 1 >/sys/devices/system/cpu/cpu1/online")
        self.becomes("the agent's group owns its msr device", "[ \"$(stat -c %G /dev/cpu/1/msr)\" = reeve-agent ]")
        time.sleep(5)
        self.becomes("the node is still known", KNOWN)
        self.check("and the agent the same process", self.shown("reeve-agent", "MainPID") == before)

    def upgrade(self):
        before = [self.shown(unit, "MainPID") for unit in UNITS]
        self.succeeds("apt upgrades both packages while they run",
                      "cd /root/debs/upgrade && apt-get install -y ./*.deb", 420)
        self.installed_versions(self.versions[1])
        after = [self.shown(unit, "MainPID") for unit in UNITS]
        self.check("both units run as new processes",
                   "0" not in after and not set(before) & set(after)
                   and all(self.shown(unit, "ActiveState") == "active" for unit in UNITS), f"{before} {after}")
        self.equals("what the operator wrote is kept", "grep -c '^node: worker ' /etc/reeve/agent.yaml", "1")
        self.becomes("the node is known", KNOWN)
        self.no_unit_has_failed("after the upgrade")

    def remove(self):
        self.succeeds("apt removes both packages", "apt-get remove -y reeve-agent reeve-coordinator", 240)
        self.equals("no process is left", "readlink /proc/[0-9]*/exe | grep -c ^/usr/bin/reeve", "0")
        self.equals("configuration and keys stay", "cd /etc/reeve && ls agent.yaml coordinator.yaml keys/worker.key"
                    " keys/coordinator.key agents.d/worker.pub | tr '\\n' ' '",
                    "agent.yaml agents.d/worker.pub coordinator.yaml keys/coordinator.key keys/worker.key")
        self.no_unit_has_failed("after the removal")
        self.succeeds("apt purges the agent", "apt-get purge -y reeve-agent", 240)
        self.equals("its configuration and key are gone, the coordinator's stay",
                    "cd /etc/reeve && find . -type f | sort | tr '\\n' ' '",
                    "./agents.d/worker.pub ./coordinator.yaml ./keys/coordinator.key ./keys/coordinator.pub")
        self.succeeds("apt purges the coordinator", "apt-get purge -y reeve-coordinator", 240)
        self.equals("nothing of either is left",
                    "find /etc /run /usr /var -xdev -name '*reeve*' -not -path '/var/lib/dpkg/*'"
                    " -not -path '/run/systemd/*' -not -path '/var/log/*'", "")
        self.no_unit_has_failed("after the purge")


def upgraded(package, version, folder):
    """The same package with a higher version, uncompressed because an emulated processor has to unpack it."""
    with tempfile.TemporaryDirectory() as tree:
        subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
        control = os.path.join(tree, "DEBIAN/control")
        with open(control, encoding="utf-8") as file:
            lines = [f"Version: {version}\n" if line.startswith("Version:") else line for line in file]
        with open(control, "w", encoding="utf-8") as file:
            file.writelines(lines)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, folder], check=True,
                       stdout=subprocess.DEVNULL)


def payload(packages, version, folder):
    """A tar of `packages` and, in a folder of its own, of their upgrades."""
    content = os.path.join(folder, "content")
    os.makedirs(os.path.join(content, "upgrade"))
    for package in packages:
        shutil.copy(package, content)
        upgraded(package, version, os.path.join(content, "upgrade"))
    path = os.path.join(folder, "payload.tar")
    subprocess.run(["tar", "-C", content, "-cf", path, "."], check=True)
    return path


def main():
    scope, image, logs, *packages = sys.argv[1:]
    version = subprocess.run(["dpkg-deb", "-f", packages[0], "Version"], check=True, text=True,
                             capture_output=True).stdout.strip()
    versions = (version, version + "+upgrade")
    os.makedirs(logs, exist_ok=True)
    report = Report()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="reeve-payload-") as folder:
        disk = payload(packages, versions[1], folder)
        try:
            with Machine(image, disk, logs, seconds=2700) as machine:
                print(f"      booted in {machine.wait_for_boot(300):.0f} s", flush=True)
                test = Test(machine, report, versions)
                try:
                    see(test, scope)
                finally:
                    with open(os.path.join(logs, "journal.log"), "w", encoding="utf-8") as file:
                        file.write(test.output("journalctl --no-pager"))
        except MachineError as error:
            report.check("the machine answers", False, str(error))
    print(f"      {time.monotonic() - start:.0f} s in all; console and journal are in {logs}")
    sys.exit(report.end())


def see(test, scope):
    before = test.taint()
    test.install()
    test.start()
    if scope == "all":
        test.privileges()
        test.telemetry()
        test.authentication()
        test.outages()
        test.drop_ins()
        test.hotplug()
        # A machine without a performance monitoring unit has nothing to program, so that nothing is written.
        after = test.taint()
        test.check("the kernel is as untainted as before", after == before, f"{before} before, {after} now")
    test.upgrade()
    test.remove()


if __name__ == "__main__":
    main()
