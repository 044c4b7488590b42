"""Archives: a history that nobody here writes: another process's, or a backup."""

import threading
from contextlib import closing
from pathlib import Path

from traybeat.store import rows, schema
from traybeat.store.database import Database
from traybeat.store.head import Head
from traybeat.store.incidents import Incidents
from traybeat.store.reader import Reader
from traybeat.store.series import Catalogue


def open_archive(path: Path) -> Reader:
    """Open a history file to read it, as it was last committed; raises sqlite3.Error, TraybeatError."""
    database, head, incidents = Database(path), Head(Catalogue()), Incidents()
    with closing(database.read()) as connection:
        connection.execute("BEGIN")
        schema.check_current(connection)
        identity = rows.meta(connection, "id")
        head.attach(rows.entries(connection))
        for stretch, record in rows.records(connection):
            if record is not None:
                head.restore(stretch, record)
    return Reader(database, head, threading.Lock(), lambda: identity, incidents)
