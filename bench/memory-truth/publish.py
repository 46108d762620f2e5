"""Packs the tables and headers of run.py for the tests. usage: publish.py OUT RESOURCES [--add]

With --add the starts are added behind those that are there, whose rows about the same devices go: for what another
machine told.
"""

import gzip
import os
import shutil
import sys


def rows(lines, column):
    """The header of a table, its rows as lists, and where a column is."""
    header = lines[0].split("\t")
    return lines[0], [line.split("\t") for line in lines[1:]], header.index(column)


def added(old, new):
    """The lines of both tables; starts are numbered on."""
    header, there, devices = rows(old, "devices")
    _, more, _ = rows(new, "devices")
    fresh = {row[devices] for row in more}
    there = [row for row in there if row[devices] not in fresh]
    if header.startswith("start\t"):
        last = max(int(row[0]) for row in there)
        more = [[str(int(row[0]) + last)] + row[1:] for row in more]
    return [header] + ["\t".join(row) for row in there + more]


def main(out, resources, add):
    os.makedirs(os.path.join(resources, "models"), exist_ok=True)
    for name in ("truth.tsv", "refused.tsv"):
        with open(os.path.join(out, name)) as table:
            lines = table.read().splitlines()
        path = os.path.join(resources, name + ".gz")
        if add:
            with gzip.open(path, "rt") as table:
                lines = added(table.read().splitlines(), lines)
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as packed:
            packed.write("".join(line + "\n" for line in lines).encode())
    if add:
        return
    shutil.copyfile(os.path.join(out, "models.tsv"), os.path.join(resources, "models.tsv"))
    for name in sorted(os.listdir(os.path.join(out, "models"))):
        shutil.copyfile(os.path.join(out, "models", name), os.path.join(resources, "models", name))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--add"]):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], len(sys.argv) == 4)
