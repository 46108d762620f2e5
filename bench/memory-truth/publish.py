"""Packs the tables and headers of run.py for the tests. usage: publish.py OUT RESOURCES"""

import gzip
import os
import shutil
import sys


def main():
    out, resources = sys.argv[1:]
    os.makedirs(os.path.join(resources, "models"), exist_ok=True)
    for name in ("truth.tsv", "refused.tsv"):
        with open(os.path.join(out, name), "rb") as table, open(os.path.join(resources, name + ".gz"), "wb") as raw:
            with gzip.GzipFile("", "wb", 9, raw, 0) as packed:
                shutil.copyfileobj(table, packed)
    shutil.copyfile(os.path.join(out, "models.tsv"), os.path.join(resources, "models.tsv"))
    for name in sorted(os.listdir(os.path.join(out, "models"))):
        shutil.copyfile(os.path.join(out, "models", name), os.path.join(resources, "models", name))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
