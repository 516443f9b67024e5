#!/usr/bin/env python3
"""make_examples: fill a local catalogue with the examples.

usage: make_examples.py PLAYGROUNDCTL EXAMPLES OUTPUT.db
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    playgroundctl, examples, output = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as place:
        for folder in sorted(path.parent for path in examples.glob("*/*.json")):
            subprocess.run(
                [playgroundctl, "catalog", "import", folder, "--data-dir", place],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        shutil.copyfile(Path(place) / "catalog.db", output)
