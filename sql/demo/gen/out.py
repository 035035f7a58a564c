"""The files of the demo: one TSV per table, in the form LOAD DATA reads."""

import csv
import os

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
TABLES = {}          # table -> columns, in the order the loader needs


def table(name, columns):
    """Declare a table that the demo fills, with the columns it gives; hex:column is written in hexadecimal digits."""
    TABLES[name] = columns.split()


def rows(name):
    """The rows of one file of sql/demo/data."""
    with open(os.path.join(DATA, name + ".csv"), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def public_id(number, salt):
    """The id shown in the portal: looks random, is one to one, and is the same in each run."""
    return (number * 6364136223846793005 + salt * 1442695040888963407) & 0x1FFFFFFFFFFFFF


def fen(value):
    """Fen as yuan with two digits."""
    if value < 0:
        return "-" + fen(-value)
    return f"{value // 100}.{value % 100:02d}"


class Out:
    """Rows by table; text is written in pieces, so memory stays flat."""

    PIECE = 4000

    def __init__(self, folder):
        self.folder = folder
        self.rows = {}
        self.files = {}
        self.count = {}
        for name in TABLES:
            self.rows[name] = []
            self.count[name] = 0
            self.files[name] = open(os.path.join(folder, name + ".tsv") if folder else os.devnull, "w",
                                    encoding="utf-8", newline="\n", buffering=1 << 18)

    def row(self, name, *values):
        """One row; None is NULL."""
        self.line(name, "\t".join(["\\N" if v is None else str(v) for v in values]))

    def line(self, name, text):
        """One row that is text already."""
        rows = self.rows[name]
        rows.append(text)
        if len(rows) >= self.PIECE:
            self.flush(name)

    def lines(self, name, texts):
        """Many rows that are text already."""
        rows = self.rows[name]
        rows += texts
        if len(rows) >= self.PIECE:
            self.flush(name)

    def flush(self, name):
        rows = self.rows[name]
        if rows:
            self.count[name] += len(rows)
            self.files[name].write("\n".join(rows) + "\n")
            rows.clear()

    def close(self):
        for name, file in self.files.items():
            self.flush(name)
            file.close()
