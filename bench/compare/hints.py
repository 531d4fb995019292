#!/usr/bin/env python3
"""What it costs where hints are kept: writes a second while one node of three is dead, by turns.

    dotnet build src/AkkaKv.Server src/AkkaKv.Cli -c Release -p:WithAkka=true      # one after the other
    python3 bench/compare/hints.py --homes log,sqlite --seconds 10 --rounds 3
    python3 bench/compare/hints.py --homes log,postgresql --database 'Host=127.0.0.1;Database=postgres;Username=akkakv'

Each round starts three nodes on the Akka.NET host for each home, kills one, writes with W = 2 through the others (every write
keeps a hint), brings the dead one back, and waits until no hint is left. Standard library only.
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVER = os.path.join(ROOT, "src/AkkaKv.Server/bin/Release/net10.0/AkkaKv.Server.dll")
TOOL = os.path.join(ROOT, "src/AkkaKv.Cli/bin/Release/net10.0/akkakv.dll")


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Cluster:
    def __init__(self, home, database, directory):
        ports = free_ports(6)
        self.http = ports[:3]
        members = [f"name=node-{i + 1},endpoint=127.0.0.1:{ports[3 + i]},http=http://127.0.0.1:{self.http[i]}" for i in range(3)]
        self.flags = [["--node", f"node-{i + 1}", "--data", os.path.join(directory, f"node-{i + 1}"), "--host", "akka",
                       f"--Akka:Hints={home}", *([f"--Akka:HintDatabase={database}"] if home == "postgresql" else []),
                       *[flag for member in members for flag in ("--member", member)]] for i in range(3)]
        self.log = open(os.path.join(directory, "log"), "ab")
        self.nodes = [self.start(i) for i in range(3)]

    def start(self, index):
        return subprocess.Popen(["dotnet", "exec", SERVER, *self.flags[index]], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)

    def get(self, index, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http[index]}{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def until(self, what, holds):
        begun = time.monotonic()
        while not holds():
            if time.monotonic() - begun > 180:
                raise SystemExit(f"Waited 180 s for this, and it did not come: {what}; see the nodes' lines in {self.log.name}.")
            time.sleep(0.1)
        return time.monotonic() - begun

    def reached(self, index):
        told = self.get(index, "/cluster/members")
        return sum(1 for member in told["members"] if member["reachable"]) if told else 0

    def hints(self):
        told = [self.get(index, "/ready") for index in range(3)]
        return sum(int(one["store"]["hintKeys"]) for one in told) if all(told) else -1

    def stop(self):
        for node in self.nodes:
            node.kill()
            node.wait()
        self.log.close()


def run(home, options):
    directory = tempfile.mkdtemp(prefix="akkakv-hints-", dir=options.data)
    cluster = Cluster(home, options.database, directory)
    try:
        cluster.until("three nodes reach each other", lambda: all(cluster.reached(i) == 3 for i in range(3)))
        cluster.nodes[2].kill()
        cluster.nodes[2].wait()
        cluster.until("the dead node is known", lambda: all(cluster.reached(i) == 2 for i in range(2)))
        bench = subprocess.run(
            ["dotnet", "exec", TOOL, "bench", "--read-share", "0", "--value-size", "1024", "--keys", str(options.keys), "--no-preload", "--w", "2",
             "--connections", str(options.connections), "--duration", f"{options.seconds}s", "--output", "json",
             *[flag for i in range(2) for flag in ("--endpoint", f"http://127.0.0.1:{cluster.http[i]}")]],
            capture_output=True, text=True, check=False)
        if bench.returncode != 0:
            raise SystemExit(bench.stdout + bench.stderr)
        kept = sum(int(cluster.get(i, "/ready")["store"]["hintKeys"]) for i in range(2))
        cluster.nodes[2] = cluster.start(2)
        drained = cluster.until("no hint is left", lambda: cluster.hints() == 0)
        report = json.loads(bench.stdout)
        return report, kept, drained
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--homes", default="log,sqlite")
    parser.add_argument("--database", default="")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--data", default=None, help="where the data directories are made")
    options = parser.parse_args()
    rates = {}
    for _ in range(options.rounds):
        for home in options.homes.split(","):
            report, kept, drained = run(home, options)
            rates.setdefault(home, []).append(report["operationsPerSecond"])
            writes = report["writes"]
            print(f"{home}: {report['operationsPerSecond']:,.0f} writes/s, p50 {writes['p50'] / 1000:.1f} ms, p99 {writes['p99'] / 1000:.1f} ms, errors {report['errors'] or 'none'}; {kept} hints, gone {drained:.1f} s after the node's start; load {os.getloadavg()[0]:.1f}", flush=True)
    for home, all_rates in rates.items():
        print(f"{home}: median {sorted(all_rates)[len(all_rates) // 2]:,.0f} writes/s")


if __name__ == "__main__":
    main()
