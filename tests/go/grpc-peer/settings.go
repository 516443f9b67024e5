package main

import (
	"encoding/base64"
	"flag"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"
)

// kind says which side of a method streams.
type kind struct{ client, server bool }

func kinds() map[string]kind {
	return map[string]kind{
		"Unary":        {false, false},
		"ServerStream": {false, true},
		"ClientStream": {true, false},
		"Bidi":         {true, true},
		"State":        {false, false},
	}
}

// settings of the mode "client".
type settings struct {
	target, method, stalled                                                     string
	calls, parallel, size, stalledSize, count, maxMessage, cancelAfter, seconds int
	deadline, cancel, readPause                                                 time.Duration
	waits, checks, gzip, turns, keepsOpen                                       bool
	metadata, stalledMetadata                                                   metadata.MD
}

func (s *settings) path(method string) string {
	if strings.HasPrefix(method, "/") {
		return method
	}
	return "/test.Echo/" + method
}

func milliseconds(flags *flag.FlagSet, name string, to *time.Duration) {
	flags.Func(name, "", func(text string) (err error) {
		*to, err = time.ParseDuration(text + "ms")
		return err
	})
}

// addEntry takes "name=value"; the value of a name that ends in -bin is base64.
func addEntry(to metadata.MD, entry string) error {
	name, value, _ := strings.Cut(entry, "=")
	if strings.HasSuffix(name, "-bin") {
		bytes, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Errorf("what is '%s'? %w", entry, err)
		}
		value = string(bytes)
	}
	to.Append(name, value)
	return nil
}

func readSettings(arguments []string) (*settings, error) {
	s := &settings{metadata: metadata.MD{}, stalledMetadata: metadata.MD{}}
	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	flags.StringVar(&s.target, "target", "", "")
	flags.StringVar(&s.method, "method", "Unary", "")
	flags.StringVar(&s.stalled, "stalled", "", "")
	flags.IntVar(&s.calls, "calls", 1, "")
	flags.IntVar(&s.parallel, "in_flight", 1, "")
	flags.IntVar(&s.size, "size", 0, "")
	flags.IntVar(&s.stalledSize, "stalled_size", 0, "")
	flags.IntVar(&s.count, "count", 1, "")
	flags.IntVar(&s.maxMessage, "max_message", 4<<20, "")
	flags.IntVar(&s.cancelAfter, "cancel_after", never, "")
	flags.IntVar(&s.seconds, "seconds", 0, "")
	milliseconds(flags, "deadline_ms", &s.deadline)
	milliseconds(flags, "cancel_ms", &s.cancel)
	milliseconds(flags, "read_pause_ms", &s.readPause)
	flags.BoolVar(&s.waits, "waits", false, "")
	flags.BoolVar(&s.checks, "checks", true, "")
	flags.BoolVar(&s.gzip, "gzip", false, "")
	flags.BoolVar(&s.turns, "turns", false, "")
	flags.BoolVar(&s.keepsOpen, "keeps_open", false, "")

	var words []string
	for _, word := range arguments {
		var err error
		switch word[0] {
		case '+':
			err = addEntry(s.metadata, word[1:])
		case '~':
			err = addEntry(s.stalledMetadata, word[1:])
		default:
			words = append(words, word)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, parse(flags, words)
}
