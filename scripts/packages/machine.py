"""A Debian machine under qemu's software emulation, driven through a shell on a channel of its own."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class MachineError(Exception):
    """The machine did not do what it was told in the time it had."""


class Machine:
    """Boots the image in `image` with the files of `payload` (a tar) on a second disk; writes nothing to either.

    Nothing outlives the `with` block, and no step waits for ever: every command has a limit, and so has the machine.
    """

    def __init__(self, image, payload, logs, seconds):
        self.image, self.payload, self.logs = image, payload, logs
        self.deadline = time.monotonic() + seconds
        self.folder = tempfile.mkdtemp(prefix="reeve-vm-")
        self.process = self.channel = None
        self.commands = 0
        self.received = ""

    def __enter__(self):
        path = os.path.join(self.folder, "shell")
        with open(os.path.join(self.logs, "qemu.log"), "wb") as log:
            self.process = subprocess.Popen(
                [
                    # An Intel processor, whose registers the agent knows; software emulation answers most with zero.
                    "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "Skylake-Server",
                    "-smp", "2", "-m", "1536", "-nodefaults", "-no-reboot", "-display", "none", "-nic", "none",
                    "-kernel", f"{self.image}/vmlinuz", "-initrd", f"{self.image}/initrd",
                    "-append", "root=/dev/vda rw console=ttyS0 panic=-1",
                    "-drive", f"file={self.image}/root.ext4,if=virtio,format=raw,snapshot=on",
                    "-drive", f"file={self.payload},if=virtio,format=raw,readonly=on",
                    "-serial", f"file:{self.logs}/console.log",
                    "-device", "virtio-serial-pci", "-chardev", f"socket,id=shell,path={path},server=on,wait=off",
                    "-device", "virtserialport,chardev=shell,name=test.shell",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.channel = self._connect(path)
        return self

    def __exit__(self, *_):
        if self.channel:
            self.channel.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self, path):
        while self.process.poll() is None and time.monotonic() < self.deadline:
            channel = socket.socket(socket.AF_UNIX)
            try:
                channel.connect(path)
                channel.settimeout(1)
                return channel
            except OSError:
                channel.close()
                time.sleep(0.1)
        raise MachineError("qemu did not start: see qemu.log")

    def _receive(self, deadline):
        """More of what the shell says; raises when the time is over or the machine has gone."""
        while True:
            if self.process.poll() is not None:
                raise MachineError("the machine has gone: see console.log")
            if time.monotonic() > min(deadline, self.deadline):
                raise MachineError("no answer in time")
            try:
                data = self.channel.recv(65536)
            except TimeoutError:
                return
            if not data:
                raise MachineError("the channel is closed")
            self.received += data.decode(errors="replace")
            return

    def wait_for_boot(self, seconds):
        """Waits until the shell answers; what is sent before it listens is lost, so it is asked again and again."""
        start = time.monotonic()
        while "\nlistening\n" not in self.received:
            if time.monotonic() > start + seconds:
                raise MachineError(f"not booted within {seconds} s: see console.log")
            self.channel.sendall(b"\necho; echo listening\n")
            asked = time.monotonic()
            while time.monotonic() < asked + 2 and "\nlistening\n" not in self.received:
                self._receive(start + seconds)
        return time.monotonic() - start

    def run(self, command, seconds=60):
        """Runs `command` in the machine; returns its exit code and what it wrote to both outputs."""
        self.commands += 1
        mark = f"--end-{self.commands}-"
        self.channel.sendall(f"( {command}\n) </dev/null 2>&1; code=$?; echo; echo {mark}$code-\n".encode())
        deadline = time.monotonic() + seconds
        pattern = re.compile(f"\n{mark}(\\d+)-\n")
        while not (match := pattern.search(self.received)):
            try:
                self._receive(deadline)
            except MachineError as error:
                raise MachineError(f"{command}: {error}") from None
        # Late answers to the question whether the shell listens stand before the first command's output.
        output = self.received[: match.start()].replace("\nlistening\n", "\n")
        self.received = self.received[match.end():]
        return int(match.group(1)), output.strip()

    def wait_until(self, command, seconds=60):
        """Runs `command` again and again until it succeeds; returns whether it did, and its last output."""
        deadline = time.monotonic() + seconds
        while True:
            code, output = self.run(command, max(1, deadline - time.monotonic()) + 30)
            if code == 0 or time.monotonic() > deadline:
                return code == 0, output
            time.sleep(0.5)
