"""Measures reeve's proxy beside nginx and HAProxy; see bench.sh."""
import asyncio
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PROXY, ROUNDS, SECONDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WORKERS = [9411, 9412, 9413, 9414]
SLOW = 9415
CONNECTIONS = [16, 64, 256]
TICKS = os.sysconf("SC_CLK_TCK")
folder = tempfile.mkdtemp(prefix="reeve-proxy-bench-")
running = []


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def start(core, *command, descriptors=None):
    limit = None
    if descriptors:
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit)
    running.append(process)
    return process


def stop(process):
    process.terminate()
    process.wait()
    running.remove(process)


NGINX = """
daemon off; master_process off; worker_rlimit_nofile 65536; pid {folder}/{name}.pid; error_log {folder}/{name}.log;
events {{ worker_connections {connections}; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 600;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    {servers}
}}
"""


def nginx(name, servers, connections=30000):
    return write(f"{name}.conf", NGINX.format(folder=folder, name=name, servers=servers, connections=connections))


def workers_configuration():
    listen = " ".join(f"listen 127.0.0.1:{port} backlog=8192;" for port in WORKERS)
    return nginx("workers", f'server {{ {listen} location / {{ return 200 "hello from a worker\\n"; }} }}')


def nginx_proxy(port, workers, connections=30000):
    servers = " ".join(f"server 127.0.0.1:{worker} max_fails=0;" for worker in workers)
    return nginx(f"proxy{port}", f"""
    upstream workers {{ least_conn; {servers} keepalive 512; keepalive_requests 1000000000; }}
    server {{ listen 127.0.0.1:{port} backlog=8192;
        location / {{ proxy_pass http://workers; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto http;
            proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Request-Id $request_id; }} }}""", connections)


def haproxy_configuration(port, workers):
    servers = "\n".join(f"  server w{worker} 127.0.0.1:{worker}" for worker in workers)
    return write(f"haproxy{port}.cfg", f"""
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend in
  bind 127.0.0.1:{port} backlog 8192
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  default_backend workers
backend workers
  balance leastconn
{servers}
""")


def command(name, port, workers, connections=30000):
    if name == "nginx":
        return ["nginx", "-c", nginx_proxy(port, workers, connections)]
    if name == "HAProxy":
        return ["haproxy", "-db", "-f", haproxy_configuration(port, workers)]
    return [PROXY, f"127.0.0.1:{port}", "least-loaded", *[f"127.0.0.1:{worker}" for worker in workers]]


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mebibytes(process):
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"bench: nothing listens on port {port}; logs are in {folder}")


def wrk(port, connections, seconds):
    output = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--latency",
         f"http://127.0.0.1:{port}/run/hello"], capture_output=True, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    milliseconds = float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    errors = re.search(r"Socket errors: (.*)", output)
    if bad or errors:
        print(f"  wrk reports: {bad.group(0) if bad else ''} {errors.group(0) if errors else ''}")
    return requests, milliseconds


async def slow_worker(reader, writer):
    """Answers each request after a second."""
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()


async def one_request(port):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /run/hello HTTP/1.1\r\nHost: a\r\n\r\n")
        line = await reader.readline()
        await reader.readuntil(b"\r\n\r\n")
        # Kept open for a while, as clients do.
        await asyncio.sleep(0.05)
        writer.close()
        return line.split()[1].decode() if line else "cut off"
    except (OSError, asyncio.IncompleteReadError, IndexError):
        return "cut off"


async def at_once(port, count):
    server = await asyncio.start_server(slow_worker, "127.0.0.1", SLOW, backlog=2048)
    try:
        begun = time.monotonic()
        statuses = await asyncio.wait_for(asyncio.gather(*[one_request(port) for _ in range(count)]), 60)
        return {status: statuses.count(status) for status in sorted(set(statuses))}, time.monotonic() - begun
    finally:
        server.close()


async def open_many(port, count):
    """Opens connections, sends a request on each, and keeps them."""
    kept = []
    for start_at in range(0, count, 500):
        pairs = await asyncio.gather(*[
            asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.1.{1 + start_at % 4}", 0)) for _ in range(500)])
        for reader, writer in pairs:
            writer.write(b"GET /run/hello HTTP/1.1\r\nHost: a\r\n\r\n")
        for reader, writer in pairs:
            line = await reader.readline()
            assert line.startswith(b"HTTP/1.1 200"), line
        kept += pairs
    return kept


def measure_speed():
    names = ["nginx", "HAProxy", "reeve"]
    ports = {name: 9421 + index for index, name in enumerate(names)}
    processes = {name: start(0, *command(name, ports[name], WORKERS)) for name in names}
    for port in ports.values():
        wait_for(port)
    for name in names:
        wrk(ports[name], 64, 2)
    results = {}
    for connections in CONNECTIONS:
        for _ in range(ROUNDS):
            for name in names:
                before = processor_seconds(processes[name])
                requests, p99 = wrk(ports[name], connections, SECONDS)
                used = processor_seconds(processes[name]) - before
                results.setdefault((connections, name), []).append((used / requests * 1e6, p99, requests / SECONDS))
    limits = True
    print("connections proxy    us/request   p99 ms   requests/s   (medians; ratio to nginx)")
    for connections in CONNECTIONS:
        median = {
            name: [statistics.median(values) for values in zip(*results[connections, name])] for name in names}
        for name in names:
            cost, p99, rate = median[name]
            base = median["nginx"]
            print(f"{connections:11} {name:8} {cost:7.2f} {cost / base[0]:5.2f} {p99:7.2f} {p99 / base[1]:5.2f} {rate:10.0f}")
        cost, p99, _ = median["reeve"]
        limits &= cost <= 2 * median["nginx"][0] and p99 <= 2 * median["nginx"][1]
    for process in processes.values():
        stop(process)
    return limits


def measure_memory():
    process = start(0, *command("reeve", 9431, WORKERS))
    wait_for(9431)
    empty = resident_mebibytes(process)
    loop = asyncio.new_event_loop()
    kept = loop.run_until_complete(open_many(9431, 10_000))
    full = resident_mebibytes(process)
    print(f"10000 connections open, each with a request behind it: {full:.0f} MiB, {empty:.0f} before; limit 200")
    for _, writer in kept:
        writer.transport.abort()
    loop.close()
    stop(process)
    return full < 200


def measure_descriptors():
    fine = True
    for index, name in enumerate(["nginx", "HAProxy", "reeve"]):
        port = 9441 + index
        process = start(0, *command(name, port, [SLOW], connections=512), descriptors=512)
        # nginx is limited by its configuration, which would lift the limit of its process.
        wait_for(port)
        statuses, took = asyncio.run(at_once(port, 400))
        print(f"400 requests at once, 512 descriptors, 1 s workers: {name} answers {statuses} in {took:.1f} s")
        stop(process)
        if name == "reeve":
            fine = statuses == {"200": 400}
    return fine


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    try:
        start(1, "nginx", "-c", workers_configuration())
        for port in WORKERS:
            wait_for(port)
        fine = [measure_descriptors(), measure_memory(), measure_speed()]
        sys.exit(0 if all(fine) else 1)
    finally:
        for process in list(running):
            stop(process)
        shutil.rmtree(folder, ignore_errors=True)


main()
