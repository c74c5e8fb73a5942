package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"newsdesk/internal/manual"
	"newsdesk/internal/press"
)

// newFaults prints the manual's tables of what happens when WeChat or a website fails. It needs no server.
func newFaults(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "faults [CODE]", Short: e.say("What happens when WeChat or a website fails, and what to do", "微信与网站出错时的处理与办法"),
		Example: "  newsdesk faults\n  newsdesk faults draft.gone\n  newsdesk faults wordpress.login", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			wechat, err := manual.Faults(e.lang)
			if err != nil {
				return err
			}
			sites, err := manual.Sites(e.lang)
			if err != nil {
				return err
			}
			key := ""
			if len(args) > 0 {
				if key = manual.RowOf(args[0], press.ModePublish); key == "" {
					key = args[0]
				}
			}
			return e.printFaults(slices.Concat(wechat.Sections, sites.Sections), key)
		},
	}
}

// printFaults prints every row, or the one of a key.
func (e *env) printFaults(sections []manual.Section, key string) error {
	found := false
	for _, section := range sections {
		if key == "" {
			fmt.Fprintf(e.out, "%s\n\n", section.Title)
			for _, note := range section.Notes {
				fmt.Fprintf(e.out, "  %s\n\n", note)
			}
		}
		for _, row := range section.Rows {
			if key != "" && row.ID != key {
				continue
			}
			found = true
			fmt.Fprintf(e.out, "%s\n", row.ID)
			for i, cell := range row.Cells {
				fmt.Fprintf(e.out, "  %s %s\n", e.say("%s:", "%s：", section.Head[i+1]), cell)
			}
			fmt.Fprintln(e.out)
		}
	}
	if !found {
		return press.Fail(press.NotFound, "faults.unknown", press.Say(
			"The manual has no row for %q; newsdesk faults lists them all.", "手册中没有 %q，newsdesk faults 会列出全部。", key))
	}
	return nil
}
