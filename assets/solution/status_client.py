#!/usr/bin/env python3
"""Ask the orchestrator of a pipeline how it is doing."""

from __future__ import annotations

import sys

from orchestrator_client import (
    Parser,
    add_endpoint_options,
    connect,
    endpoint_of,
    grpc,
    pb,
    pb_grpc,
    printable,
    rpc_failure,
    run_main,
    status_exit_code,
)

CALL_TIMEOUT_S = 30


def program(endpoint: str) -> int:
    with connect(endpoint) as channel:
        stub = pb_grpc.OrchestratorStub(channel)
        try:
            status = stub.get_status(pb.RunLabel(), timeout=CALL_TIMEOUT_S)
        except grpc.RpcError as error:
            raise rpc_failure(endpoint, error) from None

    print(f"success: {str(status.success).lower()}")
    print(f"code: {status.code}")
    print(f"message: {printable(status.message)}")
    print(f"active threads: {status.active_threads}")
    return status_exit_code(status)


def main() -> int:
    parser = Parser(prog="status_client.py", description=__doc__)
    add_endpoint_options(parser)
    return run_main(parser.prog, program, endpoint_of(parser, parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
