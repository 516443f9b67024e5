package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// wishes are what the metadata of a call ask of the server.
type wishes struct {
	code, count, size, stopReading, endAfter int
	delay, readPause                         time.Duration
	text                                     string
	atOnce, late                             bool
}

const never = -1

func wishesOf(ctx context.Context) wishes {
	asked, _ := metadata.FromIncomingContext(ctx)
	number := func(name string, otherwise int) int {
		values := asked.Get(name)
		if len(values) == 0 {
			return otherwise
		}
		value, err := strconv.Atoi(values[0])
		if err != nil {
			return otherwise
		}
		return value
	}
	return wishes{
		code:        number("code", 0),
		count:       number("count", 1),
		size:        number("size", never),
		stopReading: number("stop-reading", never),
		endAfter:    number("end-after", never),
		delay:       time.Duration(number("delay-ms", 0)) * time.Millisecond,
		readPause:   time.Duration(number("read-pause-ms", 0)) * time.Millisecond,
		text:        strings.Join(asked.Get("text-bin"), ""),
		atOnce:      number("at-once", 0) != 0,
		late:        number("late", 0) != 0,
	}
}

// end is how the call ends.
func (w wishes) end() error {
	return status.Error(codes.Code(w.code), w.text)
}

// pause waits; false: the call has ended meanwhile.
func pause(ctx context.Context, length time.Duration) bool {
	if length == 0 {
		return true
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sendBack gives the metadata h-... back as headers and t-... as trailers, and says in the trailer
// left-ms how much time the call has left where it has a deadline.
func sendBack(ctx context.Context) error {
	asked, _ := metadata.FromIncomingContext(ctx)
	headers, trailers := metadata.MD{}, metadata.MD{}
	for name, values := range asked {
		switch {
		case strings.HasPrefix(name, "h-"):
			headers.Append(name, values...)
		case strings.HasPrefix(name, "t-"):
			trailers.Append(name, values...)
		}
	}
	if deadline, has := ctx.Deadline(); has {
		trailers.Set("left-ms", strconv.FormatInt(time.Until(deadline).Milliseconds(), 10))
	}
	if len(headers) > 0 {
		if err := grpc.SetHeader(ctx, headers); err != nil {
			return err
		}
	}
	if len(trailers) > 0 {
		return grpc.SetTrailer(ctx, trailers)
	}
	return nil
}
