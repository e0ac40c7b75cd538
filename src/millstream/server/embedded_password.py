"""The administrator's password of the embedded PostgreSQL, needed over TCP only.

Made once, kept in a file that only the user of the process can read, and set anew at each start with a TCP port.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import psycopg


def ensure_password(admin_url: str, file: Path) -> None:
    """Let the administrator in over TCP with the password in `file`, which is made when there is none."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(24) + "\n")
    except FileExistsError:
        pass
    with psycopg.connect(admin_url, autocommit=True) as administrator:
        user = administrator.info.user.encode()
        verifier = administrator.pgconn.encrypt_password(file.read_text().strip().encode(), user, b"scram-sha-256")
        statement = psycopg.sql.SQL("alter role {} password {}")
        administrator.execute(statement.format(psycopg.sql.Identifier(administrator.info.user), verifier.decode()))
