package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	_ "google.golang.org/grpc/encoding/gzip" // so that compressed requests are understood
)

const statePath = "/test.Echo/State"

// counters are what the method State tells.
type counters struct {
	Begun      int            `json:"begun"`
	Running    int            `json:"running"`
	MostAtOnce int            `json:"most_at_once"`
	Ended      map[string]int `json:"ended"`
	CPU        int64          `json:"cpu_us"`
}

type server struct {
	grpc       *grpc.Server
	drainAfter int
	drain      sync.Once

	lock  sync.Mutex
	state counters
}

func (s *server) begin() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.state.Begun++
	s.state.Running++
	s.state.MostAtOnce = max(s.state.MostAtOnce, s.state.Running)
	if s.state.Begun == s.drainAfter {
		fmt.Println("draining")
		go s.stop()
	}
}

// end counts the call: OK when it was answered, whatever the answer was.
func (s *server) end(ctx context.Context) {
	outcome := codes.OK
	if err := ctx.Err(); err != nil {
		outcome = status.FromContextError(err).Code()
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.state.Running--
	s.state.Ended[statusName(outcome)]++
}

func (s *server) stop() {
	s.drain.Do(s.grpc.GracefulStop)
}

func (s *server) tell() ([]byte, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.state.CPU = cpuMicroseconds()
	return json.Marshal(s.state)
}

func (s *server) countUnary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if info.FullMethod == statePath {
		return next(ctx, request)
	}
	s.begin()
	defer s.end(ctx)
	return next(ctx, request)
}

func (s *server) countStream(_ any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	s.begin()
	defer s.end(stream.Context())
	return next(s, stream)
}

// unary makes a row of the table of methods out of what the method does.
func unary(path string, answer func(ctx context.Context, s *server, request []byte) ([]byte, error)) grpc.MethodDesc {
	handle := func(service any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		var request []byte
		if err := decode(&request); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{Server: service, FullMethod: "/test.Echo/" + path}
		return intercept(ctx, request, info, func(ctx context.Context, request any) (any, error) {
			reply, err := answer(ctx, service.(*server), request.([]byte))
			return &reply, err
		})
	}
	return grpc.MethodDesc{MethodName: path, Handler: handle}
}

func streaming(path string, client, server bool, run func(stream grpc.ServerStream, asked wishes) error) grpc.StreamDesc {
	handle := func(_ any, stream grpc.ServerStream) error {
		asked := wishesOf(stream.Context())
		if err := sendBack(stream.Context()); err != nil {
			return err
		}
		if !pause(stream.Context(), asked.delay) {
			return status.FromContextError(stream.Context().Err()).Err()
		}
		if asked.atOnce {
			return asked.end()
		}
		if err := run(stream, asked); err != nil {
			return err
		}
		return asked.end()
	}
	return grpc.StreamDesc{StreamName: path, Handler: handle, ClientStreams: client, ServerStreams: server}
}

func echo(ctx context.Context, _ *server, request []byte) ([]byte, error) {
	asked := wishesOf(ctx)
	if err := sendBack(ctx); err != nil {
		return nil, err
	}
	if !pause(ctx, asked.delay) {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	if asked.size != never {
		request = pattern(asked.size)
	}
	return request, asked.end()
}

func tellState(_ context.Context, s *server, _ []byte) ([]byte, error) {
	return s.tell()
}

func sendMany(stream grpc.ServerStream, asked wishes) error {
	var message []byte
	if err := stream.RecvMsg(&message); err != nil {
		return err
	}
	if asked.size != never {
		message = pattern(asked.size)
	}
	for range asked.count {
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
	return nil
}

// read calls take for each message until the client or a wish ends it.
func read(stream grpc.ServerStream, asked wishes, take func(message []byte) error) error {
	for n := 0; n != asked.endAfter; n++ {
		if n == asked.stopReading {
			<-stream.Context().Done()
		}
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		pause(stream.Context(), asked.readPause)
		if err := take(message); err != nil {
			return err
		}
	}
	return nil
}

func takeMany(stream grpc.ServerStream, asked wishes) error {
	messages, bytes := 0, 0
	err := read(stream, asked, func(message []byte) error {
		messages++
		bytes += len(message)
		return nil
	})
	if err != nil {
		return err
	}
	reply := fmt.Appendf(nil, `{"messages":%d,"bytes":%d}`, messages, bytes)
	return stream.SendMsg(&reply)
}

func converse(stream grpc.ServerStream, asked wishes) error {
	var kept [][]byte
	err := read(stream, asked, func(message []byte) error {
		if asked.late {
			kept = append(kept, message)
			return nil
		}
		return stream.SendMsg(&message)
	})
	for _, message := range kept {
		if err == nil {
			err = stream.SendMsg(&message)
		}
	}
	return err
}

func serviceTable() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: "test.Echo",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{unary("Unary", echo), unary("State", tellState)},
		Streams: []grpc.StreamDesc{
			streaming("ServerStream", false, true, sendMany),
			streaming("ClientStream", true, false, takeMany),
			streaming("Bidi", true, true, converse),
		},
	}
}

// listen understands "HOST:PORT" and "unix:PATH".
func listen(address string) (net.Listener, error) {
	if len(address) > 5 && address[:5] == "unix:" {
		return net.Listen("unix", address[5:])
	}
	return net.Listen("tcp", address)
}

func port(listener net.Listener) int {
	if address, is := listener.Addr().(*net.TCPAddr); is {
		return address.Port
	}
	return 1 // a Unix socket; the line says that it listens
}

// onTerm has SIGTERM do something.
func onTerm(do func()) {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		do()
	}()
}

// serve is the mode "server": it tells its port, serves until SIGTERM, lets the calls that run end
// and tells its counters.
func serve(arguments []string) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:0", "")
	maxMessage := flags.Int("max_message", 4<<20, "")
	maxStreams := flags.Uint("max_streams", 1000, "")
	drainAfter := flags.Int("drain_after", never, "")
	if err := parse(flags, arguments); err != nil {
		return err
	}
	s := &server{drainAfter: *drainAfter, state: counters{Ended: map[string]int{}}}
	s.grpc = grpc.NewServer(
		grpc.ForceServerCodecV2(raw{}),
		grpc.MaxConcurrentStreams(uint32(*maxStreams)),
		grpc.MaxRecvMsgSize(*maxMessage),
		grpc.UnaryInterceptor(s.countUnary),
		grpc.StreamInterceptor(s.countStream),
	)
	s.grpc.RegisterService(serviceTable(), s)

	listener, err := listen(*address)
	if err != nil {
		return err
	}
	onTerm(s.stop)
	fmt.Println(port(listener))
	if err := s.grpc.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	s.stop()
	state, err := s.tell()
	fmt.Println(string(state))
	return err
}
