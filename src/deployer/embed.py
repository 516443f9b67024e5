#!/usr/bin/env python3
"""embed: write files as arrays of C. The same files give the same arrays.

usage: embed.py OUTPUT.c OPENAPI.yaml EXAMPLES.db
"""

import sys
from pathlib import Path

BYTES_A_LINE = 20


def array(data: bytes) -> str:
    lines = (data[at : at + BYTES_A_LINE] for at in range(0, len(data), BYTES_A_LINE))
    return "\n".join("        " + ",".join(str(byte) for byte in line) + "," for line in lines)


if __name__ == "__main__":
    output, openapi, examples = map(Path, sys.argv[1:])
    output.write_text(
        f"""/* Made by embed.py. */
#include "assets.h"

const char pd_asset_openapi[] = {{
{array(openapi.read_bytes() + bytes(1))}
}};

const unsigned char pd_asset_examples[] = {{
{array(examples.read_bytes())}
}};
const size_t pd_asset_examples_len = sizeof(pd_asset_examples);
""",
        encoding="ascii",
    )
