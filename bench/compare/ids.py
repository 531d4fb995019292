#!/usr/bin/env python3
"""What an answer with many ids saves: Snowflake ids a second over HTTP, one in each answer and a thousand, by turns.

    dotnet run -c Release --project src/AkkaKv.Server        # in another terminal
    python3 bench/compare/ids.py --clients 8 --seconds 10 --rounds 3

Standard library only. This client is slow itself: the figures are lower bounds, the factor between them is what counts. Steal
and load are printed beside them; repeat the run where they are high.
"""
import argparse
import http.client
import os
import threading
import time
import urllib.parse


def jiffies():
    """Of all processors since the start: stolen, and all."""
    try:
        with open("/proc/stat", encoding="ascii") as stat:
            fields = [int(field) for field in stat.readline().split()[1:9]]
        return fields[7], sum(fields)
    except OSError:
        return 0, 1


def ask(endpoint, count, end, done, failures):
    connection = http.client.HTTPConnection(endpoint.hostname, endpoint.port)
    while time.monotonic() < end:
        connection.request("GET", f"/ids/snowflake?count={count}")
        answer = connection.getresponse()
        answer.read()
        (done if answer.status == 200 else failures).append(1)


def measure(endpoint, count, clients, seconds):
    done, failures = [], []
    stolen, total = jiffies()
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=ask, args=(endpoint, count, end, done, failures)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stolen_after, total_after = jiffies()
    steal = 100 * (stolen_after - stolen) / max(1, total_after - total)
    rate = len(done) / seconds
    print(f"count={count}: {rate:,.0f} requests/s, {rate * count:,.0f} ids/s, {len(failures)} refused; steal {steal:.1f} %, load {os.getloadavg()[0]:.1f}")
    return rate * count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", default="http://127.0.0.1:7001")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    endpoint = urllib.parse.urlsplit(arguments.endpoint)
    for _ in range(arguments.rounds):
        one = measure(endpoint, 1, arguments.clients, arguments.seconds)
        many = measure(endpoint, 1000, arguments.clients, arguments.seconds)
        print(f"  a thousand at a time: {many / max(1, one):.0f} times the ids")


if __name__ == "__main__":
    main()
