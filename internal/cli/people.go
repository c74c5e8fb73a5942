package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func newUser(e *env) *cobra.Command {
	return e.group("user", e.say("People: who may hand in, sign, schedule", "用户：投稿、审核、排期的人员"), newUserAdd(e), newUserList(e), newUserPassword(e), newUserDisable(e))
}

func newUserAdd(e *env) *cobra.Command {
	var roles, stages []string
	cmd := &cobra.Command{
		Use: "add NAME", Short: e.say("Add a person", "添加用户"),
		Long: e.say("Adds a person. Roles: contributor hands in, reviewer signs, editor schedules, administrator looks after people.\n"+
			"Without --stage a reviewer may sign any stage, though never two of one revision.",
			"添加用户。角色：contributor 投稿，reviewer 审核，editor 排期，administrator 管理用户。\n"+
				"不指定 --stage 时审核人可签任一环节，但同一版本只能签一个。"),
		Example: "  newsdesk user add \"Li Hua\" --role contributor\n  newsdesk user add 王芳 --role reviewer --stage final",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				user, err := d.AddUser(cmd.Context(), press.System(), args[0], rolesOf(roles), stages)
				if err != nil {
					return err
				}
				e.tell("%s is added (%s).", "已添加 %s（%s）。", plain(user.Name), strings.Join(roles, ", "))
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&roles, "role", nil, e.say("`contributor, reviewer, editor or administrator`; several with commas", "`角色`：contributor、reviewer、editor、administrator，多个用逗号分隔"))
	cmd.Flags().StringSliceVar(&stages, "stage", nil, e.say("review `stages` that a reviewer may sign, by key", "审核人可签的`环节`"))
	return cmd
}

func rolesOf(names []string) []press.Role {
	var out []press.Role
	for _, n := range names {
		out = append(out, press.Role(strings.TrimSpace(n)))
	}
	return out
}

func newUserList(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List people", "列出用户"), Example: "  newsdesk user list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				list, err := d.Store.Users(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return e.json(emptyNotNull(list))
				}
				e.users(list)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, e.say("print JSON", "以 JSON 输出"))
	return cmd
}

func emptyNotNull[T any](list []T) []T { return append([]T{}, list...) }

func (e *env) users(list []press.User) {
	var rows [][]string
	for _, u := range list {
		state := e.say("active", "启用")
		if u.Disabled {
			state = e.say("disabled", "停用")
		}
		roles := strings.Trim(fmt.Sprint(u.Roles), "[]")
		rows = append(rows, []string{u.Name, strings.ReplaceAll(roles, " ", ", "), strings.Join(u.Stages, ", "), state})
	}
	e.table([]string{e.say("Name", "姓名"), e.say("Roles", "角色"), e.say("Stages", "环节"), e.say("State", "状态")}, rows)
}

func newUserPassword(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "password NAME", Short: e.say("Give a person a one-time password for the newsroom", "为用户设置登录网页的一次性密码"),
		Long: e.say("Prints a one-time password, and nothing else, on standard output. The person signs in with it and must then choose\n"+
			"one of their own. Their sessions end and a lock on their name is lifted. It is also the way back in for an\n"+
			"administrator who has forgotten the password.",
			"仅在标准输出打印一次性密码。用户用它登录后必须改为自己的密码。该用户已有的登录立即失效，登录锁定同时解除。\n"+
				"管理员忘记密码时，也用此命令恢复。"),
		Example: "  newsdesk user password \"Li Hua\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				user, err := d.Store.UserByName(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				password, user, err := d.ResetPassword(cmd.Context(), press.System(), user.ID)
				if err != nil {
					return err
				}
				fmt.Fprintln(e.out, password)
				fmt.Fprintln(e.errOut, e.say("%s signs in with this once and then chooses a password of their own. It is not shown again.",
					"%s 首次登录用此密码，登录后须改为自己的密码。此密码不会再次显示。", plain(user.Name)))
				return nil
			})
		},
	}
}

func newUserDisable(e *env) *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use: "disable NAME", Short: e.say("Lock a person out at once; their sessions end and their tokens stop working", "立即停用用户，其登录和令牌随之失效"),
		Example: "  newsdesk user disable \"Li Hua\"\n  newsdesk user disable \"Li Hua\" --undo", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				if err := d.DisableUser(cmd.Context(), press.System(), args[0], !undo); err != nil {
					return err
				}
				if undo {
					e.tell("%s is active again.", "%s 已重新启用。", plain(args[0]))
				} else {
					e.tell("%s is disabled.", "%s 已停用。", plain(args[0]))
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, e.say("let them in again", "重新启用"))
	return cmd
}

func newToken(e *env) *cobra.Command {
	return e.group("token", e.say("Tokens, by which programs act as a person", "令牌：程序以某人身份操作的凭证"), newTokenCreate(e), newTokenList(e), newTokenRevoke(e))
}

func newTokenCreate(e *env) *cobra.Command {
	var label string
	cmd := &cobra.Command{
		Use: "create USER", Short: e.say("Make a token; its secret is printed once", "创建令牌，密钥仅显示一次"),
		Long: e.say("Prints the token's secret, and nothing else, on standard output. It is not kept and cannot be shown again.",
			"仅在标准输出打印令牌密钥。系统不保存密钥，无法再次显示。"),
		Example: "  newsdesk token create \"Li Hua\" --label laptop > ~/.newsdesk-token", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				secret, token, err := d.CreateToken(cmd.Context(), press.System(), args[0], label)
				if err != nil {
					return err
				}
				fmt.Fprintln(e.out, secret)
				fmt.Fprintln(e.errOut, e.say("Token %s acts as %s. Keep it; it is not shown again.", "令牌 %s 代表 %s，请妥善保存，不会再次显示。", token.ID, plain(token.UserName)))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&label, "label", "", e.say("what it is for", "用途说明"))
	return cmd
}

func newTokenList(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List tokens, the revoked ones too", "列出令牌（含已吊销）"), Example: "  newsdesk token list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				list, err := d.Store.Tokens(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return e.json(emptyNotNull(list))
				}
				return e.tokens(list)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, e.say("print JSON", "以 JSON 输出"))
	return cmd
}

func (e *env) tokens(list []press.Token) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range list {
		rows = append(rows, []string{string(t.ID), t.UserName, t.Label, showTime(t.CreatedAt, cfg.Zone), showTime(t.UsedAt, cfg.Zone), showTime(t.RevokedAt, cfg.Zone)})
	}
	e.table([]string{"ID", e.say("Person", "用户"), e.say("Label", "说明"), e.say("Made", "创建"), e.say("Last used", "最近使用"), e.say("Revoked", "吊销")}, rows)
	return nil
}

func newTokenRevoke(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: e.say("End a token at once", "立即吊销令牌"), Example: "  newsdesk token revoke 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := identifier[press.TokenID](args[0])
			if err != nil {
				return err
			}
			return e.withDesk(cmd.Context(), func(d *desk.Desk) error {
				if err := d.RevokeToken(cmd.Context(), press.System(), id); err != nil {
					return err
				}
				e.tell("The token is revoked.", "令牌已吊销。")
				return nil
			})
		},
	}
}
