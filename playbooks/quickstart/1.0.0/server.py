"""A small web service that keeps orders: `/`, `/health`, and `/orders` to read and to add to.

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
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orders

VERSION = Path(__file__).with_name("VERSION").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    lock = threading.Lock()
    data = None

    def do_GET(self):
        pages = {"/": self.page, "/health": self.health, "/orders": self.list}
        if self.path in pages:
            with self.lock:
                body = pages[self.path]()
            self.answer(200, body)
        else:
            self.answer(404, {"error": f"there is no {self.path}"})

    def do_POST(self):
        item = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/orders" or not item:
            self.answer(400, {"error": "post an item to /orders"})
            return
        with self.lock:
            orders.add(self.data, item)
        self.answer(201, {"item": item})

    def page(self):
        return f"orders {VERSION}: {len(orders.everything(self.data))} orders\n"

    def health(self):
        return {"version": VERSION, "status": "ok", **orders.facts(self.data)}

    def list(self):
        return orders.everything(self.data)

    def answer(self, status, body):
        text = isinstance(body, str)
        payload = (body if text else json.dumps(body) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if text else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


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
