package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageOf writes what --help shows under a command's description. Cobra's own counts a Chinese character as one column.
func (e *env) usageOf(cmd *cobra.Command) error {
	line := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		line = cmd.CommandPath() + " " + e.say("<command>", "<命令>")
	}
	fmt.Fprintf(e.out, "%s\n  %s\n", e.say("Usage:", "用法："), line)
	if cmd.HasExample() {
		fmt.Fprintf(e.out, "\n%s\n%s\n", e.say("Examples:", "示例："), cmd.Example)
	}
	if len(cmd.Groups()) == 0 && cmd.HasAvailableSubCommands() {
		e.commandsOf(cmd, "", e.say("Commands:", "命令："))
	}
	for _, g := range cmd.Groups() {
		e.commandsOf(cmd, g.ID, g.Title)
	}
	e.flagsOf(e.say("Flags:", "选项："), cmd.LocalFlags())
	e.flagsOf(e.say("Flags of every command:", "通用选项："), cmd.InheritedFlags())
	return nil
}

func (e *env) commandsOf(cmd *cobra.Command, group, title string) {
	fmt.Fprintf(e.out, "\n%s\n", title)
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.GroupID == group {
			fmt.Fprintf(e.out, "  %s %s\n", padded(c.Name(), cmd.NamePadding()), c.Short)
		}
	}
}

func (e *env) flagsOf(title string, flags *pflag.FlagSet) {
	var names, help []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "[]" {
			text += e.say(" (default %s)", "（默认 %s）", f.DefValue)
		}
		names, help, width = append(names, name), append(help, text), max(width, columnsOf(name))
	})
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(e.out, "\n%s\n", title)
	for i, name := range names {
		fmt.Fprintf(e.out, "  %s  %s\n", padded(name, width), help[i])
	}
}
