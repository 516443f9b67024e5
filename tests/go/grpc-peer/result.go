package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// entries is metadata as the line of JSON shows it, without what belongs to gRPC itself; values of
// -bin names are base64.
type entries [][2]string

func entriesOf(all metadata.MD) entries {
	shown := entries{}
	for name, values := range all {
		if name == "content-type" || strings.HasPrefix(name, "grpc-") {
			continue
		}
		for _, value := range values {
			if strings.HasSuffix(name, "-bin") {
				value = base64.StdEncoding.EncodeToString([]byte(value))
			}
			shown = append(shown, [2]string{name, value})
		}
	}
	slices.SortStableFunc(shown, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return shown
}

// outcome is how one call went.
type outcome struct {
	err               error
	messages, wrong   int
	bytes             int64
	last              []byte
	headers, trailers metadata.MD
	latency           time.Duration
}

// result is the line of JSON that the client prints; what belongs to one call is of the one that
// ended last.
type result struct {
	lock      sync.Mutex
	latencies []time.Duration

	Calls       int            `json:"calls"`
	Status      map[string]int `json:"status"`
	Unprocessed int            `json:"unprocessed"` // grpc-go does not say; it sends these again itself
	Messages    int            `json:"messages"`
	Bytes       int64          `json:"bytes"`
	Wrong       int            `json:"wrong"`
	Text        string         `json:"text"`
	Last        string         `json:"last"`
	Headers     entries        `json:"headers"`
	Trailers    entries        `json:"trailers"`
	Seconds     float64        `json:"seconds"`
	P50         float64        `json:"p50_us"`
	P99         float64        `json:"p99_us"`
	CPU         int64          `json:"cpu_us"`
}

// Most bytes of the last message that are shown.
const shownBytes = 1000

func (r *result) add(o *outcome) {
	r.lock.Lock()
	defer r.lock.Unlock()
	ending := status.Convert(o.err)
	r.Calls++
	r.Status[statusName(ending.Code())]++
	r.Messages += o.messages
	r.Bytes += o.bytes
	r.Wrong += o.wrong
	r.Text = ending.Message()
	r.Last = string(o.last[:min(len(o.last), shownBytes)])
	r.Headers = entriesOf(o.headers)
	r.Trailers = entriesOf(o.trailers)
	r.latencies = append(r.latencies, o.latency)
}

func (r *result) print() error {
	slices.Sort(r.latencies)
	at := func(part float64) float64 {
		if len(r.latencies) == 0 {
			return 0
		}
		return float64(r.latencies[int(part*float64(len(r.latencies)-1))].Nanoseconds()) / 1000
	}
	r.P50, r.P99 = at(0.5), at(0.99)
	line, err := json.Marshal(r)
	fmt.Println(string(line))
	return err
}
