package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type client struct {
	*settings
	connection *grpc.ClientConn
	message    []byte
	options    []grpc.CallOption
}

func connect(s *settings) (*grpc.ClientConn, error) {
	target := s.target
	if !strings.HasPrefix(target, "unix:") {
		target = "passthrough:///" + target
	}
	return grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: 5 * time.Second,
		}))
}

func callOptions(s *settings) []grpc.CallOption {
	options := []grpc.CallOption{
		grpc.ForceCodecV2(raw{}),
		grpc.MaxCallRecvMsgSize(s.maxMessage),
		grpc.WaitForReady(s.waits),
	}
	if s.gzip {
		options = append(options, grpc.UseCompressor(gzip.Name))
	}
	return options
}

// context of one call, and what gives the call up.
func (c *client) context() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(metadata.NewOutgoingContext(context.Background(), c.metadata))
	if c.deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.deadline)
	}
	if c.cancel > 0 {
		time.AfterFunc(c.cancel, cancel)
	}
	return ctx, cancel
}

// take counts a message; it is right when it is the one that was sent.
func (c *client) take(o *outcome, message []byte) {
	o.messages++
	o.bytes += int64(len(message))
	o.last = message
	if c.checks && !bytes.Equal(message, c.message) {
		o.wrong++
	}
}

func (c *client) callUnary(ctx context.Context, o *outcome) {
	var reply []byte
	options := append(c.options[:len(c.options):len(c.options)], grpc.Header(&o.headers), grpc.Trailer(&o.trailers))
	o.err = c.connection.Invoke(ctx, c.path(c.method), &c.message, &reply, options...)
	if o.err == nil {
		c.take(o, reply)
	}
}

// send sends all messages; in turns, each after what came for the last one.
func (c *client) send(stream grpc.ClientStream, count int, answered <-chan struct{}) {
	for range count {
		if stream.SendMsg(&c.message) != nil {
			return // receiving tells why
		}
		if c.turns {
			if _, more := <-answered; !more {
				return
			}
		}
	}
	if !c.keepsOpen {
		_ = stream.CloseSend() // receiving tells why
	}
}

func (c *client) receive(stream grpc.ClientStream, o *outcome, cancel context.CancelFunc, answered chan<- struct{}) {
	defer close(answered)
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			if !errors.Is(err, io.EOF) {
				o.err = err
			}
			return
		}
		c.take(o, message)
		if o.messages == c.cancelAfter {
			cancel()
		}
		time.Sleep(c.readPause)
		if c.turns {
			answered <- struct{}{}
		}
	}
}

func (c *client) callStream(ctx context.Context, cancel context.CancelFunc, kind kind, o *outcome) {
	description := &grpc.StreamDesc{ClientStreams: kind.client, ServerStreams: kind.server}
	stream, err := c.connection.NewStream(ctx, description, c.path(c.method), c.options...)
	if err != nil {
		o.err = err
		return
	}
	count := c.count
	if !kind.client {
		count = 1
	}
	answered := make(chan struct{}, count)
	var sender sync.WaitGroup
	sender.Go(func() { c.send(stream, count, answered) })
	if kind.server {
		c.receive(stream, o, cancel, answered)
	} else {
		var reply []byte
		if o.err = stream.RecvMsg(&reply); o.err == nil {
			o.messages, o.bytes, o.last = 1, int64(len(reply)), reply
		}
		close(answered)
	}
	cancel()
	sender.Wait()
	o.headers, _ = stream.Header()
	o.trailers = stream.Trailer()
}

func (c *client) call() *outcome {
	o := &outcome{}
	ctx, cancel := c.context()
	defer cancel()
	began := time.Now()
	if kind := kinds()[c.method]; kind.client || kind.server {
		c.callStream(ctx, cancel, kind, o)
	} else {
		c.callUnary(ctx, o)
	}
	o.latency = time.Since(began)
	return o
}

// run makes calls until they are as many as wanted, or for as long as wanted.
func (c *client) run() *result {
	r := &result{Status: map[string]int{}}
	var begun atomic.Int64
	var workers sync.WaitGroup
	cpu, began := cpuMicroseconds(), time.Now()
	more := func() bool {
		if c.seconds > 0 {
			return time.Since(began) < time.Duration(c.seconds)*time.Second
		}
		return begun.Add(1) <= int64(c.calls)
	}
	for range c.parallel {
		workers.Go(func() {
			for more() {
				r.add(c.call())
			}
		})
	}
	workers.Wait()
	r.Seconds = time.Since(began).Seconds()
	r.CPU = cpuMicroseconds() - cpu
	return r
}

// stall begins a call that reads nothing, and that sends without end where its kind allows.
func (c *client) stall() error {
	kind := kinds()[c.stalled]
	description := &grpc.StreamDesc{ClientStreams: kind.client, ServerStreams: kind.server}
	ctx := metadata.NewOutgoingContext(context.Background(), c.stalledMetadata)
	stream, err := c.connection.NewStream(ctx, description, c.path(c.stalled), c.options...)
	if err != nil {
		return err
	}
	message := pattern(c.stalledSize)
	go func() {
		for stream.SendMsg(&message) == nil && kind.client {
		}
		if !kind.client {
			_ = stream.CloseSend()
		}
	}()
	return nil
}

// makeCalls is the mode "client". With a stalled call it stays until its standard input ends.
func makeCalls(arguments []string) error {
	s, err := readSettings(arguments)
	if err != nil {
		return err
	}
	connection, err := connect(s)
	if err != nil {
		return err
	}
	defer connection.Close()
	c := &client{settings: s, connection: connection, message: pattern(s.size), options: callOptions(s)}
	if s.stalled != "" {
		if err := c.stall(); err != nil {
			return status.Convert(err).Err()
		}
	}
	if err := c.run().print(); err != nil {
		return err
	}
	if s.stalled != "" {
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return err
}
