"""A small web service that keeps orders: `/`, and `/orders` to read and to add to; `/health` and `/metrics` tell of it.

server.py serve CONF DATA PIDFILE    become a daemon; return when it answers, or fail with its reason
server.py health CONF                print what /health answers
server.py copy FROM TO               copy a data file, also of a running service
"""

import json
import os
import signal
import sqlite3
import sys
import threading
import time
import urllib.request
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orders

VERSION = Path(__file__).with_name("VERSION").read_text().strip()


RECENT = 10.0


class Traffic:
    """The requests of the last ten seconds, those that only look at the service left out."""

    def __init__(self):
        self.answered = deque()
        self.lock = threading.Lock()

    def note(self, status, seconds):
        with self.lock:
            self.answered.append((time.monotonic(), status >= 500, 1000 * seconds))

    def facts(self):
        """How many there were, the percentage that failed, and the milliseconds within which 95 % were answered."""
        with self.lock:
            while self.answered and self.answered[0][0] < time.monotonic() - RECENT:
                self.answered.popleft()
            failed = sum(failed for _, failed, _ in self.answered)
            times = sorted(milliseconds for _, _, milliseconds in self.answered)
        count = len(times)
        if not count:
            return {"requests": 0, "error_rate": None, "latency_p95": None}
        slow = times[min(count - 1, int(0.95 * count))]
        return {"requests": count, "error_rate": round(100 * failed / count, 2), "latency_p95": round(slow, 2)}


class Handler(BaseHTTPRequestHandler):
    lock = threading.Lock()
    traffic = Traffic()
    data = None

    def do_GET(self):
        looks = {"/health": self.health, "/metrics": self.traffic.facts}
        pages = {"/": self.page, "/orders": self.list}
        if self.path in looks:
            self.answer(200, looks[self.path]())
        elif self.path in pages:
            self.serve(200, pages[self.path])
        else:
            self.answer(404, {"error": f"there is no {self.path}"})

    def do_POST(self):
        item = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/orders" or not item:
            self.answer(400, {"error": "post an item to /orders"})
        else:
            self.serve(201, lambda: self.add(item))

    def serve(self, status, work):
        """Answer with what the work gives, and count it; what goes wrong in it is an error of the service."""
        begun = time.monotonic()
        try:
            with self.lock:
                body = work()
        except (OSError, sqlite3.Error) as error:
            status, body = 500, {"error": str(error)}
        self.traffic.note(status, time.monotonic() - begun)
        self.answer(status, body)

    def page(self):
        return f"orders {VERSION}: {len(orders.everything(self.data))} orders\n"

    def health(self):
        with self.lock:
            return {"version": VERSION, "status": "ok", **orders.facts(self.data)}

    def list(self):
        return orders.everything(self.data)

    def add(self, item):
        orders.add(self.data, item)
        return {"item": item}

    def answer(self, status, body):
        text = isinstance(body, str)
        payload = (body if text else json.dumps(body) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if text else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_request(self, code="-", size="-"):
        if int(code) >= 400:
            super().log_request(code, size)


def address(conf):
    """The address and the port in a file of name=value lines."""
    values = dict(line.split("=", 1) for line in Path(conf).read_text().splitlines() if "=" in line)
    return values["address"].strip(), int(values["port"])


def serve(conf, data, pid_file):
    orders.open_orders(data).close()
    server = ThreadingHTTPServer(address(conf), Handler)
    detach(pid_file)
    Handler.data = orders.open_orders(data)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    server.serve_forever()


def detach(pid_file):
    """Go on in a process and session of our own, which the end of those that started us does not reach."""
    child = os.fork()
    if child:
        Path(pid_file).write_text(f"{child}\n")
        os._exit(0)
    os.setsid()


def health(conf):
    host, port = address(conf)
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=5) as reply:
            print(reply.read().decode(), end="")
    except OSError as reason:
        sys.exit(f"no answer from {host}:{port}: {reason}")


def copy(source, target):
    there = sqlite3.connect(f"{Path(source).resolve().as_uri()}?mode=ro", uri=True)
    with there, sqlite3.connect(target) as here:
        there.backup(here)


if __name__ == "__main__":
    {"serve": serve, "health": health, "copy": copy}[sys.argv[1]](*sys.argv[2:])
