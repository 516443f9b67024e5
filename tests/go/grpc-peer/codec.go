package main

import (
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
)

// raw lets messages be what they are: bytes. It is called "proto" so that the content type says
// application/grpc+proto, as that of generated code does.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*message.(*[]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, message any) error {
	*message.(*[]byte) = data.Materialize()
	return nil
}

// pattern is what a message of that size holds where nothing else is asked for: printable, and not
// the same where a frame or a page begins.
func pattern(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(' ' + (i*31+i/256)%95)
	}
	return data
}

// statusNames are those of the specification; grpc-go has its own.
var statusNames = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
	"ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
	"OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

func statusName(code codes.Code) string {
	if int(code) < len(statusNames) {
		return statusNames[code]
	}
	return "UNKNOWN"
}

// cpuMicroseconds is what this process has used of the CPUs.
func cpuMicroseconds() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it cannot fail for oneself
	}
	return (used.Utime.Nano() + used.Stime.Nano()) / 1000
}
