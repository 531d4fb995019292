"""Starts three systems, measures them in turns with one load generator, prints a Markdown table. See run.sh."""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

STEAL_MAX = 0.10
REPEATS_MAX = 2
VALUE_BYTES = 100
KEYS = 10_000

NOTES = """\
- akkakv: three processes, HTTP/1.1, `put` with W = 2 of N = 3, durability `always` (fdatasync before each acknowledgement), `get` with R = 2 of 3. Writes say `lww=true`.
- redis: one primary, two replicas, RESP. `put` is SET and WAIT 1, `appendonly yes`, `appendfsync always` everywhere. WAIT counts replicas that *received* the write, whether they have synced it or not, and replication is asynchronous: the guarantee is weaker. `get` reads one process, the primary.
- etcd: three processes, JSON gateway over HTTP/1.1 (keys and values in base64). `put` is a Raft commit, synced by a majority. `get` is linearizable, which is more than AkkaKv's quorum read promises. Native gRPC is faster than the gateway; Debian packages no load generator for it.
- The load generator shares the machine with what it measures, one thread, closed loops; its cost is in every figure.
"""


candidates = iter(range(24000, 32000, 20))


def free_ports(count):
    """The first of so many consecutive ports that nobody has; none is given twice, for a program takes its ports a little later."""
    for first in candidates:
        probes = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                probes.append(probe)
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise SystemExit("no free ports between 24000 and 32000 on 127.0.0.1")


def cpu_times():
    with open("/proc/stat") as stat:
        values = [int(value) for value in stat.readline().split()[1:9]]
    return sum(values), values[7]


class System:
    def __init__(self, name, endpoints, flags):
        self.name, self.endpoints, self.flags = name, endpoints, flags
        self.processes = []

    def start(self, arguments, log):
        with open(log, "w") as output:
            process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        self.processes.append(process)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def start_akkakv(options, data):
    port = free_ports(20)
    system = System("akkakv", [f"http://127.0.0.1:{port + node}" for node in range(3)], ["--r", "2", "--w", "2"])
    program = f"{options.root}/src/AkkaKv.Server/bin/Release/net10.0/AkkaKv.Server.dll"
    system.start(
        ["dotnet", program, "--http-port", str(port), "--peer-port", str(port + 10), "--data", f"{data}/akkakv", "--Store:Durability=always"],
        f"{data}/akkakv.log")
    return system


def start_redis(options, data):
    port = free_ports(3)
    system = System("redis", [f"redis://127.0.0.1:{port}"], ["--w", "2"])
    for node in range(3):
        os.makedirs(f"{data}/redis-{node}")
        replica = [] if node == 0 else ["--replicaof", "127.0.0.1", str(port)]
        system.start(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(port + node), "--dir", f"{data}/redis-{node}", "--save", "",
             "--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0", *replica],
            f"{data}/redis-{node}.log")
    return system


def start_etcd(options, data):
    port = free_ports(6)
    system = System("etcd", [f"http://127.0.0.1:{port + node}" for node in range(3)], [])
    cluster = ",".join(f"n{node}=http://127.0.0.1:{port + 3 + node}" for node in range(3))
    for node in range(3):
        client, peer = f"http://127.0.0.1:{port + node}", f"http://127.0.0.1:{port + 3 + node}"
        system.start(
            ["etcd", "--name", f"n{node}", "--data-dir", f"{data}/etcd-{node}", "--listen-client-urls", client, "--advertise-client-urls", client,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster, "--initial-cluster-state", "new"],
            f"{data}/etcd-{node}.log")
    return system


STARTERS = {"akkakv": start_akkakv, "redis": start_redis, "etcd": start_etcd}


def run_load(options, system, reads, connections, seconds, warmup, preload):
    """One run of the generator; its report, with the steal of its whole time."""
    arguments = ["dotnet", f"{options.root}/src/AkkaKv.Cli/bin/Release/net10.0/akkakv.dll", "bench", "--target", system.name, *system.flags]
    for endpoint in system.endpoints:
        arguments += ["-e", endpoint]
    arguments += ["--value-size", str(VALUE_BYTES), "--keys", str(KEYS), "--connections", str(connections), "--read-share", str(reads),
                  "--duration", f"{seconds}s", "--warmup", f"{warmup}s", "-o", "json"]
    total, steal = cpu_times()
    ended = subprocess.run(arguments + ([] if preload else ["--no-preload"]), capture_output=True, text=True, timeout=120)
    total_after, steal_after = cpu_times()
    if ended.returncode != 0:
        return None
    report = json.loads(ended.stdout)
    report["steal"] = (steal_after - steal) / max(1, total_after - total)
    return report


def make_ready(options, system):
    """Waits until it serves, writes every key, and lets it warm up."""
    until = time.monotonic() + 30
    while run_load(options, system, 0.5, 16, 1, 0.1, preload=True) is None:
        if time.monotonic() > until:
            raise SystemExit(f"{system.name} does not serve; its log is in the data directory (--data keeps it)")
        time.sleep(0.5)
    run_load(options, system, 0.5, 64, 15, 0.1, preload=False)


def measure(options, system, reads, connections):
    for _ in range(1 + REPEATS_MAX):
        report = run_load(options, system, reads, connections, options.seconds, options.warmup, preload=False)
        if report is None:
            raise SystemExit(f"{system.name} stopped serving")
        if report["steal"] <= STEAL_MAX or time.monotonic() > options.deadline:
            break
    latency = report["reads"] if reads > 0 else report["writes"]
    return {
        "system": system.name, "reads": reads, "connections": connections, "steal": report["steal"],
        "rate": report["operationsPerSecond"], "p50": latency["p50"] / 1000, "p99": latency["p99"] / 1000,
        "errors": sum(report["errors"].values()), "kinds": report["errors"], "misses": report["misses"],
    }


def fdatasync_micros(data):
    """What one synced 4 KiB write costs here: the floor below every durable put."""
    block, times = b"x" * 4096, []
    handle = os.open(f"{data}/sync", os.O_CREAT | os.O_WRONLY)
    os.pwrite(handle, bytes(4096 * 200), 0)
    os.fdatasync(handle)
    for number in range(200):
        began = time.perf_counter()
        os.pwrite(handle, block, 4096 * number)
        os.fdatasync(handle)
        times.append((time.perf_counter() - began) * 1e6)
    os.close(handle)
    return statistics.median(times)


def workload_name(reads):
    return {0: "put", 1: "get"}.get(reads, f"mixed {reads:.0%} reads")


def version_of(command):
    text = subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()
    return text[0] if text else "?"


def print_tables(options, results, systems, sync_micros):
    print(f"\n{datetime.datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} cores ({platform.machine()}, Linux {platform.release()}), "
          f"fdatasync {sync_micros:.0f} µs, load average at the end {os.getloadavg()[0]:.1f}. "
          f"{VALUE_BYTES}-byte values, {KEYS} keys, uniform; medians of {options.rounds} rounds of {options.seconds} s in turns.")
    if "redis" in systems:
        print(f"Redis: {version_of(['redis-server', '--version'])}.")
    if "etcd" in systems:
        print(f"{version_of(['etcd', '--version'])}.")
    print("\n| workload | connections | system | operations/s | p50 ms | p99 ms | akkakv ÷ this | steal max | errors |")
    print("|---|---:|---|---:|---:|---:|---:|---:|---:|")
    for reads in options.reads:
        for connections in options.connections:
            rows = {name: [row for row in results if (row["system"], row["reads"], row["connections"]) == (name, reads, connections)] for name in systems}
            rates = {name: statistics.median(row["rate"] for row in rows[name]) for name in systems}
            for name in systems:
                mid = {key: statistics.median(row[key] for row in rows[name]) for key in ("p50", "p99")}
                ratio = f"{rates['akkakv'] / rates[name]:.2f}" if "akkakv" in rates and name != "akkakv" and rates[name] > 0 else ""
                steal = max(row["steal"] for row in rows[name])
                errors = sum(row["errors"] + row["misses"] for row in rows[name])
                print(f"| {workload_name(reads)} | {connections} | {name} | {rates[name]:,.0f} | {mid['p50']:.2f} | {mid['p99']:.2f} | {ratio} | {steal:.1%} | {errors} |")
    if any(row["steal"] > STEAL_MAX for row in results):
        print(f"\nSome rounds lost more than {STEAL_MAX:.0%} of the CPU to the host's other guests, also when repeated: do not quote them.")
    print(f"\n{NOTES}")


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--warmup", type=float, default=0.5)
    parser.add_argument("--connections", type=lambda text: [int(part) for part in text.split(",")], default=[16, 64])
    parser.add_argument("--reads", type=lambda text: [float(part) for part in text.split(",")], default=[0.0, 1.0, 0.8])
    parser.add_argument("--systems", type=lambda text: text.split(","), default=list(STARTERS))
    parser.add_argument("--data", help="keeps data and logs here; default: a temporary directory that is removed")
    options = parser.parse_args()
    # Past it no round is repeated any more.
    options.deadline = time.monotonic() + 300
    return options


def main():
    options = read_options()
    data = options.data or tempfile.mkdtemp(prefix="akkakv-compare-")
    os.makedirs(data, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    systems = []
    try:
        sync_micros = fdatasync_micros(data)
        for name in options.systems:
            systems.append(STARTERS[name](options, data))
        for system in systems:
            make_ready(options, system)
        results = []
        for number in range(options.rounds):
            for reads in options.reads:
                for connections in options.connections:
                    for system in systems:
                        row = measure(options, system, reads, connections)
                        results.append(row)
                        print(f"round {number + 1}: {workload_name(reads):10} {connections:3} {row['system']:7} {row['rate']:9,.0f}/s  p99 {row['p99']:7.2f} ms  steal {row['steal']:.1%}  {row['kinds'] or ''}", file=sys.stderr)
        print_tables(options, results, [system.name for system in systems], sync_micros)
    finally:
        for system in systems:
            system.stop()
        if not options.data:
            shutil.rmtree(data, ignore_errors=True)


main()
