package config

import (
	"os"
	"reflect"
	"strings"

	"newsdesk/internal/press"
)

// DefaultFile is read from the working directory when no other file is named. It may be absent.
const DefaultFile = "newsdesk.yaml"

// Options say where to read from.
type Options struct {
	File   string         // a file that must be there; empty: NEWSDESK_CONFIG of Env, else DefaultFile
	NoFile bool           // read no file at all
	Env    []string       // as os.Environ gives it; only NEWSDESK_… is looked at
	Flags  map[string]any // by dotted key; they win over everything
}

// Load reads, merges and checks the configuration. It reports everything that is wrong at once, as Faults, which
// are a press.Error of kind Invalid to whoever shows them.
func Load(opt Options) (Config, error) {
	root, c := schema(), &collector{}
	file := layer{}
	if name := opt.file(); name != "" {
		var err error
		if file, err = readFile(name, root, c); err != nil {
			return Config{}, err
		}
	}
	layers := []layer{file, readEnv(opt.Env, root, c), readFlags(opt.Flags, root, c)}
	for _, l := range layers {
		l.secrets(root, c)
	}
	v, err := merge(layers...)
	if err != nil {
		return Config{}, err
	}
	out := defaults()
	out.from = map[string]string{}
	fill := filler{v: v, from: out.from, collector: c}
	fill.section(root, "", reflect.ValueOf(&out).Elem())
	out = out.derive()
	c.problems = append(c.problems, out.checkBeyond(c.problems)...)
	inOrder(c.problems, root)
	return out, c.err()
}

// file returns the name of the file to read, or nothing.
func (o Options) file() string {
	if o.NoFile || o.File != "" {
		return o.File
	}
	for _, pair := range o.Env {
		if name, ok := strings.CutPrefix(pair, envPrefix+"CONFIG="); ok && name != "" {
			return name
		}
	}
	if _, err := os.Stat(DefaultFile); err != nil {
		return ""
	}
	return DefaultFile
}

// checkBeyond leaves out what Check says about keys that are already reported: their values are not what was written.
func (c Config) checkBeyond(reported []Problem) []Problem {
	done := map[string]bool{}
	for _, p := range reported {
		done[p.Key] = true
	}
	var out []Problem
	for _, p := range c.Check() {
		if !done[p.Key] {
			out = append(out, p)
		}
	}
	return out
}

// Problems returns the single faults of an error that Load returned.
func Problems(err error) []Problem {
	if faults, ok := asFaults(err); ok {
		return faults
	}
	if err == nil {
		return nil
	}
	return []Problem{{Code: press.CodeOf(err), Text: press.TextOf(err)}}
}
