#!/usr/bin/env python3
"""Looks into reeve's Debian packages without installing them.

    check_files.py AGENT.deb COORDINATOR.deb

One line for each thing seen, PASS or FAIL; exit code 1 when one failed.
"""
import gzip
import os
import re
import subprocess
import sys
import tempfile

from report import Report

# The package that holds each program, and the section of its manual page.
PROGRAMS = {
    "reeve-agent": ("reeve-agent", 8), "reeve-coordinator": ("reeve-coordinator", 8), "reeve": ("reeve-coordinator", 1),
}
CONFFILES = {"reeve-agent": ["/etc/reeve/agent.yaml"], "reeve-coordinator": ["/etc/reeve/coordinator.yaml"]}
# The configurations that are shipped, and how each is checked.
CONFIGURATIONS = {
    "reeve-agent": ("run", ["etc/reeve/agent.yaml"]),
    "reeve-coordinator": (
        "serve", ["etc/reeve/coordinator.yaml", "usr/share/doc/reeve-coordinator/examples/coordinator.yaml"]),
}
# `systemd-analyze security`: 0 is a unit with no access at all, 10 one with everything.
HIGHEST_EXPOSURE = 3.0


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def helps(program, words=()):
    """The help of a program and of each of its commands, with the words that lead to it."""
    text = output(program, *words, "--help").stdout
    yield words, text
    section = re.search(r"^SUBCOMMANDS:\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    for name in re.findall(r"^  ([a-z][a-z-]*)(?: |$)", section.group(1) if section else "", re.MULTILINE):
        yield from helps(program, (*words, name))


def check_program(report, root, name, section):
    program = f"{root}/usr/bin/{name}"
    libraries = output("ldd", program).stdout
    report.check(f"{name} needs nothing of Swift at run time",
                 not any(word in libraries for word in ("libswift", "Foundation", "not found")), libraries)
    with gzip.open(f"{root}/usr/share/man/man{section}/{name}.{section}.gz", "rt", encoding="utf-8") as file:
        page = file.read().replace("\\-", "-")
    warnings = output("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z",
                      f"{root}/usr/share/man/man{section}/{name}.{section}.gz").stderr
    report.check(f"{name}({section}) is set without a warning", not warnings, warnings)
    found = list(helps(program))
    missing = [f"{' '.join(words)} {option}" for words, text in found for option in re.findall(r"--[a-z][a-z-]*", text)
               if f"\\fB{option}\\fR" not in page]
    missing += [" ".join(words) for words, _ in found if len(words) > 0 and " ".join((name, *words)) not in page]
    options = sum(len(re.findall(r"--[a-z][a-z-]*", text)) for _, text in found)
    report.check(f"{name}({section}) has every command and option of --help ({len(found)} texts, {options} options)",
                 options > 3 and not missing, missing)
    for shell, path in (("bash", f"bash-completion/completions/{name}"), ("zsh", f"zsh/vendor-completions/_{name}"),
                        ("fish", f"fish/vendor_completions.d/{name}.fish")):
        with open(f"{root}/usr/share/{path}", encoding="utf-8") as file:
            text = file.read()
        unknown = [word for words, _ in found for word in words if word not in text]
        report.check(f"{name} has completions for {shell}", len(text) > 500 and not unknown, unknown)
    syntax = output("bash", "-n", f"{root}/usr/share/bash-completion/completions/{name}")
    report.check(f"bash can read {name}'s completions", syntax.returncode == 0, syntax.stderr)


def check_unit(report, root, package):
    unit = f"{root}/lib/systemd/system/{package}.service"
    text = output("systemd-analyze", "security", "--offline=true", "--no-pager", unit).stdout
    exposure = re.search(r"exposure level for .*: ([0-9.]+) ", text)
    report.check(f"systemd-analyze security of {package}: {exposure.group(1) if exposure else 'none'}",
                 exposure and float(exposure.group(1)) < HIGHEST_EXPOSURE, text)


def check_kubernetes(report, root):
    plugin = f"{root}/usr/bin/kubectl-reeve"
    target = os.readlink(plugin) if os.path.islink(plugin) else "nothing"
    report.check("kubectl-reeve, by which kubectl finds its plugins, is reeve", target == "reeve", target)
    folder = f"{root}/usr/share/reeve/kubernetes"
    script = f"{folder}/kubeconfig.sh"
    syntax = output("bash", "-n", script)
    report.check("kubeconfig.sh can be run", os.access(script, os.X_OK) and syntax.returncode == 0, syntax.stderr)
    for name in ("rbac.yaml", "rbac-resize.yaml"):
        report.check(f"{name} stands beside it", os.path.isfile(f"{folder}/{name}"))


def check_package(report, package, root):
    name = output("dpkg-deb", "-f", package, "Package").stdout.strip()
    output("dpkg-deb", "-x", package, root)
    conffiles = output("dpkg-deb", "-I", package, "conffiles").stdout.split()
    report.check(f"{name}: the operator's files are {', '.join(conffiles)}", conffiles == CONFFILES[name])
    keys = [file for _, _, files in os.walk(root) for file in files if file.endswith((".key", ".pub"))]
    report.check(f"{name} ships no key", not keys, keys)
    version = output("dpkg-deb", "-f", package, "Version").stdout.strip()
    for program, (owner, section) in PROGRAMS.items():
        if owner == name:
            said = output(f"{root}/usr/bin/{program}", "--version").stdout.strip()
            report.check(f"{program} says version {said}", said == version, version)
            check_program(report, root, program, section)
    if name == "reeve-coordinator":
        check_kubernetes(report, root)
    check_unit(report, root, name)
    command, files = CONFIGURATIONS[name]
    for file in files:
        checked = output(f"{root}/usr/bin/{name}", command, "--check", "--config", f"{root}/{file}")
        report.check(f"{name} accepts {file}", checked.returncode == 0, checked.stderr)


def main():
    report = Report()
    for package in sys.argv[1:]:
        lintian = output("lintian", "--fail-on", "error", *(["--allow-root"] if os.getuid() == 0 else []), package)
        tags = lintian.stdout.splitlines()
        warnings = sum(line.startswith("W:") for line in tags)
        report.check(f"lintian finds no error in {os.path.basename(package)}, and {warnings} warnings",
                     lintian.returncode == 0, lintian.stdout)
        with tempfile.TemporaryDirectory() as root:
            check_package(report, package, root)
    sys.exit(report.end())


if __name__ == "__main__":
    main()
