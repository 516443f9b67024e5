// grpc-peer: grpc-go as the other side of our room grpc, for tests and benchmarks.
//
//	grpc-peer server [name=value]...
//	grpc-peer client target=HOST:PORT [name=value]... [+metadata=value]... [~metadata=value]...
//	grpc-peer http target=HOST:PORT [name=value]...
//	grpc-peer http-server
//
// tests/go/README.md says what the names mean; tests/programs/grpc-peer and
// tests/integration/grpc_python_peer.py understand the same.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// A mode reads its arguments and runs to its end.
type mode func(arguments []string) error

func modes() map[string]mode {
	return map[string]mode{
		"server":      serve,
		"client":      makeCalls,
		"http":        postByHand,
		"http-server": serveByHand,
	}
}

// parse sets the flags that the words name=value name.
func parse(flags *flag.FlagSet, words []string) error {
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		if err := flags.Set(name, value); err != nil {
			return fmt.Errorf("what is '%s'? %w", word, err)
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 2 || modes()[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "grpc-peer: which mode? server, client, http or http-server")
		os.Exit(64)
	}
	if err := modes()[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "grpc-peer: %v\n", err)
		os.Exit(1)
	}
}
