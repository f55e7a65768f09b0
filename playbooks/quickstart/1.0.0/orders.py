"""The orders, in one SQLite file."""

import sqlite3

SCHEMA = 1


def open_orders(path):
    """Open the file, made if it is not there. A file of a newer schema is refused."""
    orders = sqlite3.connect(path, check_same_thread=False)
    found = orders.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA:
        raise SystemExit(f"{path} has schema {found}, and this version reads schema {SCHEMA}: restore a backup")
    with orders:
        orders.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)")
        orders.execute(f"PRAGMA user_version = {SCHEMA}")
    return orders


def add(orders, item):
    with orders:
        orders.execute("INSERT INTO orders (item) VALUES (?)", (item,))


def everything(orders):
    return [{"id": key, "item": item} for key, item in orders.execute("SELECT id, item FROM orders ORDER BY id")]


def facts(orders):
    """What /health says of the orders."""
    return {"records": orders.execute("SELECT count(*) FROM orders").fetchone()[0]}
