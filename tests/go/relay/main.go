// relay: what the orchestrator is held against: the same pipelines by grpc-go, and nothing else. No
// events, no errors that are outlived; a goroutine a lane, messages as bytes, bounded queues.
//
//	relay QUEUE SOURCE=ADDRESS [pass=ADDRESS | pass_all=ADDRESS] SINK=ADDRESS...
//
// QUEUE is how many messages wait for a lane; SOURCE is give or give_all, SINK take or take_all.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
)

const maxMessage = 64 << 20

// raw lets messages be what they are: bytes.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*message.(*[]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, message any) error {
	*message.(*[]byte) = data.Materialize()
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "relay: %v\n", err)
		os.Exit(1)
	}
}

// lane is an operation of a node.
type lane struct {
	connection *grpc.ClientConn
	name       string
}

func newLane(word string) lane {
	name, address, _ := strings.Cut(word, "=")
	connection, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}), grpc.MaxCallRecvMsgSize(maxMessage)))
	must(err)
	return lane{connection, name}
}

func (l lane) call(message []byte) (reply []byte) {
	must(l.connection.Invoke(context.Background(), "/Notes/"+l.name, &message, &reply))
	return reply
}

func (l lane) stream(client, server bool) grpc.ClientStream {
	kind := &grpc.StreamDesc{ClientStreams: client, ServerStreams: server}
	stream, err := l.connection.NewStream(context.Background(), kind, "/Notes/"+l.name)
	must(err)
	return stream
}

func receive(stream grpc.ClientStream) (message []byte) {
	must(stream.RecvMsg(&message))
	return message
}

func (l lane) source(give func(message []byte)) {
	if l.name == "give" {
		for {
			give(l.call(nil))
		}
	}
	stream := l.stream(false, true)
	must(stream.SendMsg(new([]byte)))
	must(stream.CloseSend())
	for {
		give(receive(stream))
	}
}

func (l lane) middle(from <-chan []byte, to chan<- []byte) {
	if l.name == "pass" {
		for message := range from {
			to <- l.call(message)
		}
	}
	stream := l.stream(true, true)
	go func() {
		for message := range from {
			must(stream.SendMsg(&message))
		}
	}()
	for {
		to <- receive(stream)
	}
}

func (l lane) sink(from <-chan []byte) {
	if l.name == "take" {
		for message := range from {
			l.call(message)
		}
	}
	stream := l.stream(true, false)
	for message := range from {
		must(stream.SendMsg(&message))
	}
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "relay: which queue, source and sink?")
		os.Exit(64)
	}
	queue, err := strconv.Atoi(os.Args[1])
	must(err)
	var firsts []chan []byte
	for _, word := range os.Args[3:] {
		l, in := newLane(word), make(chan []byte, queue)
		if strings.HasPrefix(l.name, "pass") {
			out := make(chan []byte, queue)
			go l.middle(in, out)
			go newLane(os.Args[4]).sink(out)
			firsts = append(firsts, in)
			break
		}
		go l.sink(in)
		firsts = append(firsts, in)
	}
	newLane(os.Args[2]).source(func(message []byte) {
		for _, first := range firsts {
			first <- message
		}
	})
}
