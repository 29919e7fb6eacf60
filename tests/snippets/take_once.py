"""A message that arrives three times, with a crash at the first, has its effect once."""
import sqlite3
from take import take

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE taken (id TEXT PRIMARY KEY)")
db.execute("CREATE TABLE parcels (order_id TEXT)")
message = {"id": "msg_1", "type": "payment.completed", "data": {"order_id": "ORD_1"}}


def ship(db, message):
    db.execute("INSERT INTO parcels VALUES (?)", (message["data"]["order_id"],))


def crash(db, message):
    ship(db, message)
    raise RuntimeError("the process dies here")


try:
    take(db, message, crash)
except RuntimeError:
    pass
for table in ("taken", "parcels"):
    assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), f"{table}: a crash leaves nothing"
for _ in range(3):
    take(db, message, ship)
assert db.execute("SELECT count(*) FROM parcels").fetchone() == (1,), "one effect"
take(db, {**message, "id": "msg_2"}, ship)
assert db.execute("SELECT count(*) FROM parcels").fetchone() == (2,), "another message is another effect"
