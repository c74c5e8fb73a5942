//go:build unix

package drill

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Wire stands between a process and PostgreSQL, reads the protocol along, and holds each COMMIT at three moments: before it
// reaches the server, when the server has committed and its answer is on the way, and after the answer was handed over.
type Wire struct {
	Address string

	link    *Link
	world   *World
	process func() *Process
}

func newWire(t testing.TB, w *World, to string, process func() *Process) *Wire {
	wire := &Wire{world: w, process: process}
	wire.link = newLink(t, to)
	wire.link.serve = wire.session
	wire.Address = wire.link.Address
	return wire
}

// session is one connection. The server's messages are held back from a COMMIT to its end.
type session struct {
	*Wire
	client, server net.Conn

	mu      sync.Mutex
	pending string // the transaction whose COMMIT is on its way
}

func (wire *Wire) session(client, server net.Conn) {
	s := &session{Wire: wire, client: client, server: server}
	var done sync.WaitGroup
	done.Go(func() { s.fromServer(); _ = client.Close(); _ = server.Close() })
	s.fromClient()
	_ = client.Close()
	_ = server.Close()
	done.Wait()
}

// maxRow bounds a message of the protocol.
const maxRow = 256 << 20

// message reads one message; first is the one without a type that opens a connection.
func message(r io.Reader, first bool) (kind byte, whole []byte, err error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	length := int(binary.BigEndian.Uint32(head[len(head)-4:]))
	if length < 4 || length > maxRow {
		return 0, nil, io.ErrUnexpectedEOF
	}
	whole = append(head, make([]byte, length-4)...)
	if _, err := io.ReadFull(r, whole[len(head):]); err != nil {
		return 0, nil, err
	}
	if !first {
		kind = head[0]
	}
	return kind, whole, nil
}

func (s *session) fromClient() {
	statements := map[string]string{} // prepared, by name
	var did bytes.Buffer              // what the transaction did so far
	for first := true; ; first = false {
		kind, whole, err := message(s.client, first)
		if err != nil {
			return
		}
		switch kind {
		case 'P':
			name, rest := text(whole[5:])
			statements[name], _ = text(rest)
		case 'B':
			_, rest := text(whole[5:])
			name, values := text(rest)
			did.WriteString(statements[name])
			did.WriteByte('\n')
			did.Write(values)
			did.WriteByte('\n')
		case 'Q':
			query, _ := text(whole[5:])
			switch query {
			case "commit":
				if !s.at(did.String(), Asked) {
					return
				}
				s.mu.Lock()
				s.pending = did.String() + " "
				s.mu.Unlock()
				did.Reset()
			case "rollback":
				did.Reset()
			default:
				did.WriteString(query)
				did.WriteByte('\n')
			}
		}
		if _, err := s.server.Write(whole); err != nil {
			return
		}
	}
}

// text cuts a string that ends with a zero byte off.
func text(b []byte) (string, []byte) {
	i := bytes.IndexByte(b, 0)
	if i < 0 {
		return string(b), nil
	}
	return string(b[:i]), b[i+1:]
}

func (s *session) fromServer() {
	var held []byte
	for {
		kind, whole, err := message(s.server, false)
		if err != nil {
			return
		}
		s.mu.Lock()
		committing := s.pending
		s.mu.Unlock()
		held = append(held, whole...)
		if committing != "" && kind != 'Z' { // ReadyForQuery ends the answer to a COMMIT
			continue
		}
		if committing != "" {
			s.mu.Lock()
			s.pending = ""
			s.mu.Unlock()
			if !s.at(committing, Answered) {
				return
			}
		}
		if _, err := s.client.Write(held); err != nil {
			return
		}
		held = held[:0]
		if committing != "" {
			s.at(committing, Delivered)
		}
	}
}

func (s *session) at(did string, phase Phase) bool {
	return s.world.hooks.at(Moment{Process: s.process(), Commit: did, Phase: phase})
}

// Link is a way to a service that can be cut and slowed down.
type Link struct {
	Address string

	to    string
	serve func(client, server net.Conn)

	mu    sync.Mutex
	conns map[net.Conn]bool
	cut   bool
	delay time.Duration
}

// newLink opens a way to a socket's path, or to a host and port.
func newLink(t testing.TB, to string) *Link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed with the test
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{Address: listener.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	l.serve = l.copy
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { l.accept(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.Cut()
		open.Wait()
	})
	return l
}

func (l *Link) accept(client net.Conn) {
	defer client.Close()
	if !l.keep(client) {
		return
	}
	defer l.forget(client)
	network := "tcp"
	if l.to[0] == '/' {
		network = "unix"
	}
	server, err := net.DialTimeout(network, l.to, 2*time.Second) //nolint:noctx // a service of this machine
	if err != nil {
		return
	}
	defer server.Close()
	if !l.keep(server) {
		return
	}
	defer l.forget(server)
	l.serve(client, server)
}

func (l *Link) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return false
	}
	l.conns[c] = true
	return true
}

func (l *Link) forget(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

func (l *Link) copy(client, server net.Conn) {
	var done sync.WaitGroup
	done.Go(func() { l.pump(client, server) })
	l.pump(server, client)
	done.Wait()
}

func (l *Link) pump(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			l.mu.Lock()
			delay := l.delay
			l.mu.Unlock()
			time.Sleep(delay)
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Cut drops every connection and refuses new ones until Restore.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		_ = c.Close()
	}
}

// Restore lets connections in again.
func (l *Link) Restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

// Slow adds a pause to everything that passes, each way.
func (l *Link) Slow(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = by
}
