#!/usr/bin/env python3
"""Writes a manual page from a program's own description of its arguments.

    man-page.py SECTION VERSION DATE PROSE.roff < dump.json > PROGRAM.SECTION

dump.json is what `PROGRAM --experimental-dump-help` prints. PROSE.roff holds what no program can tell of itself; its
DESCRIPTION stands before the commands, everything else behind them.
"""
import json
import sys

SOURCE_NAME = "reeve"


def escaped(text):
    """Text as roff takes it literally: a leading dot or quote would be a request, a plain hyphen may be broken."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def spelling(argument):
    """How the argument is written on a command line."""
    names = [("-" if n["kind"] == "short" else "--") + n["name"] for n in argument.get("names", [])]
    if argument["kind"] == "positional":
        return f"\\fI{escaped(argument['valueName'])}\\fR"
    joined = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return joined if argument["kind"] == "flag" else f"{joined} \\fI{escaped(argument['valueName'])}\\fR"


def synopsis(path, command):
    """The command line of one command without subcommands."""
    words = [f"\\fB{escaped(word)}\\fR" for word in path]
    for argument in shown(command):
        word = spelling({**argument, "names": [argument["preferredName"]] if "preferredName" in argument else []})
        word += " ..." if argument["isRepeating"] else ""
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def shown(command):
    """What is to be said of a command's arguments; every command has --help and --version, which are said once."""
    arguments = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    return [a for a in arguments if a["valueName"] not in ("help", "version")]


def argument_lines(argument):
    text = " ".join(t for t in (argument.get("abstract"), argument.get("discussion")) if t)
    if argument.get("defaultValue"):
        text += f" (default: {argument['defaultValue']})"
    return [".TP", spelling(argument), escaped(text)]


def leaves(path, command):
    """Every command that can be run, with the words that lead to it."""
    subcommands = [c for c in command.get("subcommands", []) if c.get("shouldDisplay", True)]
    subcommands = [c for c in subcommands if c["commandName"] != "help"]
    if not subcommands:
        yield path, command
    for subcommand in subcommands:
        yield from leaves(path + [subcommand["commandName"]], subcommand)


def main():
    section, version, date, prose_file = sys.argv[1:]
    root = json.load(sys.stdin)["command"]
    name = root["commandName"]
    with open(prose_file, encoding="utf-8") as file:
        description, separator, rest = file.read().partition("\n.SH")
    lines = [
        f'.TH {name.upper()} {section} {date} "{SOURCE_NAME} {version}"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(root['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS",
    ]
    commands = list(leaves([name], root))
    for path, command in commands:
        lines += [synopsis(path, command), ".br"]
    lines += [f"\\fB{escaped(name)}\\fR \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR", description, ".SH COMMANDS"]
    for path, command in commands:
        lines += [f".SS {escaped(' '.join(path))}", escaped(command.get("abstract", ""))]
        if command.get("discussion"):
            lines += [".PP", escaped(command["discussion"])]
        for argument in shown(command):
            lines += argument_lines(argument)
    print("\n".join(lines) + separator + rest, end="")


if __name__ == "__main__":
    main()
