package cli

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/press"
)

// onOne is a command about one thing of which there are many: it is found by the name that stands behind the command.
func onOne[T any](e *env, use, short, example string, find func(*cobra.Command, session, string) (T, error), do func(*cobra.Command, session, T, *remote) error) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			thing, err := find(cmd, s, args[0])
			if err != nil {
				return err
			}
			return do(cmd, s, thing, &r)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

// maxSecretFile bounds a file with secrets, in bytes.
const maxSecretFile = 8192

// secretLines reads the lines of a file with secrets that are not empty; no name: none. They come from a file because other
// users of the machine can see a command line.
func (e *env) secretLines(name, code string) (lines []string, err error) {
	if name == "" {
		return nil, nil
	}
	in := e.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, press.Fail(press.Invalid, code, press.Say("The file %s cannot be read.", "无法读取文件 %s。", name)).Because(err)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxSecretFile))
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, err
}
