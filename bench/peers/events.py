"""A server as many would write it first: FastAPI and Python's own sqlite3. An event is on disk when it is acknowledged."""

import hashlib
import socket
import sqlite3
import sys

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel


class Amount(BaseModel):
    milli: int
    unit: str


class Kind(BaseModel):
    kind: str
    amount: Amount


class Event(BaseModel):
    id: str
    instance: str
    observed_at: str
    kind: Kind


folder, keys = sys.argv[1:3]
with open(keys, encoding="utf8") as file:
    devices = {hashlib.sha256(key.encode()).digest() for key in file.read().splitlines()}
db = sqlite3.connect(folder + "/peer.db", isolation_level=None, check_same_thread=False)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE event (id TEXT PRIMARY KEY, device BLOB, instance TEXT, at TEXT, milli INT, unit TEXT)")
app = FastAPI()


@app.post("/v1/device/events")
async def take(event: Event, authorization: str = Header()):
    device = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
    if device not in devices:
        raise HTTPException(401)
    amount = event.kind.amount
    row = (event.id, device, event.instance, event.observed_at, amount.milli, amount.unit)
    db.execute("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?)", row)
    return {"id": event.id, "outcome": "stored"}


listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
