package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"
)

// cleartext is HTTP/2 without TLS and nothing else.
func cleartext() *http.Protocols {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	return &protocols
}

// flat joins the values of each header.
func flat(headers http.Header) map[string]string {
	joined := map[string]string{}
	for name, values := range headers {
		joined[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return joined
}

// postByHand is the mode "http": one request that need not be gRPC, and what came.
func postByHand(arguments []string) error {
	flags := flag.NewFlagSet("http", flag.ContinueOnError)
	target := flags.String("target", "", "")
	method := flags.String("method", "POST", "")
	path := flags.String("path", "/test.Echo/Unary", "")
	contentType := flags.String("content_type", "application/grpc", "")
	timeout := flags.String("timeout", "", "")
	words, asked := []string{}, metadata.MD{}
	for _, word := range arguments {
		if word[0] != '+' {
			words = append(words, word)
		} else if err := addEntry(asked, word[1:]); err != nil {
			return err
		}
	}
	if err := parse(flags, words); err != nil {
		return err
	}
	emptyMessage := []byte{0, 0, 0, 0, 0}
	request, err := http.NewRequest(*method, "http://"+*target+*path, bytes.NewReader(emptyMessage))
	if err != nil {
		return err
	}
	request.Header = http.Header(asked)
	request.Header.Set("te", "trailers")
	if *contentType != "" {
		request.Header.Set("content-type", *contentType)
	}
	if *timeout != "" {
		request.Header.Set("grpc-timeout", *timeout)
	}
	client := http.Client{Transport: &http.Transport{Protocols: cleartext()}, Timeout: 10 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	line, err := json.Marshal(map[string]any{
		"status": answer.StatusCode, "headers": flat(answer.Header), "trailers": flat(answer.Trailer), "bytes": len(body),
	})
	fmt.Println(string(line))
	return err
}

// answerByHand does what the metadata of the request say: http-status, content-type, body, and each
// header that is called t-NAME as the trailer NAME.
func answerByHand(writer http.ResponseWriter, request *http.Request) {
	_, _ = io.Copy(io.Discard, request.Body) // what the client sends does not matter
	headers := writer.Header()
	headers.Set("content-type", "application/grpc")
	if kind := request.Header.Get("answer-type"); kind != "" {
		headers.Set("content-type", kind)
	}
	code, err := strconv.Atoi(request.Header.Get("http-status"))
	if err != nil {
		code = http.StatusOK
	}
	writer.WriteHeader(code)
	_, _ = io.WriteString(writer, request.Header.Get("body")) // nobody there: nothing to do
	for name, values := range request.Header {
		if rest, is := strings.CutPrefix(strings.ToLower(name), "t-"); is {
			headers.Set(http.TrailerPrefix+rest, values[0])
		}
	}
}

// serveByHand is the mode "http-server": a server of HTTP/2 that knows nothing of gRPC.
func serveByHand([]string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(answerByHand), Protocols: cleartext(), ReadHeaderTimeout: 10 * time.Second}
	onTerm(func() { _ = server.Close() })
	fmt.Println(port(listener))
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
