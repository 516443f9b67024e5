"""A real Kubernetes of one node, for tests; README.md says what is in it."""

import argparse
import subprocess
import sys
from pathlib import Path

import binaries
import node
import scratch_image
from trouble import Trouble


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    commands.add_parser("build", help="build its programs, unless they are in the cache")
    up = commands.add_parser("up", help="start it, if it is not up; prints the kubeconfig's path")
    load = commands.add_parser("load", help="put images on the node")
    load.add_argument("image", nargs="+", metavar="IMAGE.tar", help="as `docker save` writes it")
    image = commands.add_parser("image", help="make an image of one static program")
    image.add_argument("name", metavar="NAME", help="such as localhost/echo:1")
    image.add_argument("program", metavar="PROGRAM")
    image.add_argument("tar", metavar="IMAGE.tar")
    down = commands.add_parser("down", help="stop it and delete its state")
    for command in (up, down):
        command.add_argument(
            "--user",
            type=int,
            metavar="PID",
            help="a process that uses it: what was started for processes ends with the last one",
        )
    return parser.parse_args()


def run(options: argparse.Namespace) -> None:
    if options.command == "build":
        binaries.build()
    elif options.command == "up":
        print(node.up(options.user))
    elif options.command == "load":
        node.load(options.image)
    elif options.command == "image":
        scratch_image.make(options.name, Path(options.program), Path(options.tar))
    else:
        node.down(options.user)


def main() -> None:
    try:
        run(parse())
    except (Trouble, OSError) as error:
        sys.exit(f"cluster: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"cluster: {error}\n{error.stderr or ''}")
