package photo

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime/debug"
	"sync"
	"time"
)

// The built-in decoders are WebAssembly, compiled when they are first used: 0.3 s of processor time, against 1.9 s for a photo of
// 12 megapixels. So their process stays a while for the next photo of the parcel. It is ended when it has been idle, when it
// was slow, and after some photos, since the decoder of HEIC gives back no memory: 20 MB more are gone with each of 12
// megapixels, and after four of them it has 165 MB, which is what the budget counts for it (openMemory).
const (
	helperIdle   = 20 * time.Second
	helperPixels = 50_000_000
	helperMemory = 1 << 30 // beyond which it is refused more
)

// The answers of a decoder process: one byte, the length in four, and a file or a reason.
const (
	answerOpened = 0
	answerFailed = 1
)

// helper is a process of this program that decodes. Its methods are called by one goroutine at a time.
type helper struct {
	command []string
	running *helperProcess
}

type helperProcess struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	pixels int
	idle   *time.Timer
	over   sync.Once // the clock and the next photo may both end it
}

// decode sends a file and waits for the answer. A process that failed to answer is ended.
func (a *helper) decode(ctx context.Context, file []byte) ([]byte, error) {
	p, pixels := a.running, pixelsOfHEIF(file)
	a.running = nil
	if p == nil || !p.idle.Stop() || p.pixels+pixels > helperPixels {
		p.end()
		started, err := startHelper(a.command)
		if err != nil {
			return nil, err
		}
		p = started
	}
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	opened, err := p.ask(file)
	var refused *decoderError
	switch {
	case !stop() || ctx.Err() != nil:
		p.end()
		return nil, context.Cause(ctx)
	case err != nil && !errors.As(err, &refused):
		p.end()
		return nil, fmt.Errorf("%w: the decoder ended: %s", errMalformed, err.Error()) // an end of its output is none of the photo
	}
	p.pixels += pixels
	p.idle = time.AfterFunc(helperIdle, p.end)
	a.running = p
	return opened, err
}

// pixelsOfHEIF is how large a picture is; what cannot be read leaves nothing behind in its decoder.
func pixelsOfHEIF(file []byte) int {
	h, err := readHEIF(file)
	if err != nil {
		return 0
	}
	return h.width * h.height
}

// decoderError is what a decoder says of a file.
type decoderError struct{ reason string }

func (e *decoderError) Error() string { return e.reason }
func (e *decoderError) Unwrap() error { return errMalformed }

func startHelper(command []string) (*helperProcess, error) {
	cmd := exec.Command(command[0], command[1:]...) //nolint:gosec,noctx // this program itself; it outlives the photo, and helperIdle bounds it
	cmd.Env = []string{"GOGC=30"}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("photo: decoder's input: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("photo: decoder's output: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("photo: start the decoder: %w", err)
	}
	return &helperProcess{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// end stops the process and waits for it; nil is none.
func (p *helperProcess) end() {
	if p == nil {
		return
	}
	p.over.Do(func() {
		_ = p.in.Close()
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // its error is that it was killed
	})
}

func (p *helperProcess) ask(file []byte) ([]byte, error) {
	if _, err := p.in.Write(binary.BigEndian.AppendUint32(nil, uint32(len(file)))); err != nil {
		return nil, err
	}
	if _, err := p.in.Write(file); err != nil {
		return nil, err
	}
	var head [5]byte
	if _, err := io.ReadFull(p.out, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxOpened {
		return nil, errors.New("an answer beyond the bound")
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(p.out, answer); err != nil {
		return nil, err
	}
	if head[0] != answerOpened {
		return nil, &decoderError{string(answer[:min(n, 200)])}
	}
	return answer, nil
}

// DecoderCommand is the argument with which a newsdesk that is to decode is started.
const DecoderCommand = "decode-photos"

// ServeDecoder opens HEIC and AVIF photos for another process of this program, until its input ends: each comes with its length
// in four bytes in front, and goes back as JPEG or PNG. It bounds its own memory. It is what Config.Decoder must run.
func ServeDecoder(in io.Reader, out io.Writer) error {
	confine(0, bounds{memory: helperMemory + helperMemory/2})
	debug.SetMemoryLimit(helperMemory)
	for {
		var head [4]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("photo: decoder's input: %w", err)
		}
		file, err := io.ReadAll(io.LimitReader(in, int64(binary.BigEndian.Uint32(head[:]))))
		if err != nil {
			return fmt.Errorf("photo: decoder's input: %w", err)
		}
		kind := byte(answerOpened)
		opened, err := decodeHEIF(file)
		if err != nil {
			kind, opened = answerFailed, []byte(err.Error())
		}
		answer := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(opened)))
		if _, err := out.Write(append(answer, opened...)); err != nil {
			return fmt.Errorf("photo: decoder's output: %w", err)
		}
		debug.FreeOSMemory()
	}
}
