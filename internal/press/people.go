package press

import (
	"slices"
	"time"
)

// Role is what a person, or a token, may do.
type Role string

// The roles. Each stands alone: an administrator does not sign unless also a reviewer.
const (
	Contributor   Role = "contributor"   // hands in and writes articles
	Reviewer      Role = "reviewer"      // signs and returns
	Editor        Role = "editor"        // composes editions, schedules, releases, cancels
	Administrator Role = "administrator" // people, tokens, settings
)

// Roles lists every role.
func Roles() []Role { return []Role{Contributor, Reviewer, Editor, Administrator} }

// User is a person.
type User struct {
	ID        UserID    `json:"id"`
	Name      string    `json:"name"` // unique; what others see
	Roles     []Role    `json:"roles"`
	Stages    []string  `json:"stages,omitempty"` // review stages a reviewer may sign; empty: any
	Disabled  bool      `json:"disabled,omitempty"`
	CreatedAt time.Time `json:"created_at"`

	Lang        Lang `json:"lang,omitempty"`         // what the person reads Newsdesk in; empty: as the browser says
	HasPassword bool `json:"has_password,omitempty"` // may sign in; others act by tokens only
	MustChange  bool `json:"must_change,omitempty"`  // the password is a one-time one: nothing is open before it is changed
}

// Has reports whether the person is active and has the role.
func (u User) Has(role Role) bool { return !u.Disabled && slices.Contains(u.Roles, role) }

// Actor is who does something: a person, or Newsdesk itself when Name is empty.
type Actor struct {
	User
}

// System is Newsdesk acting by itself: the scheduler, a worker.
func System() Actor { return Actor{} }

// IsSystem reports whether no person acts.
func (a Actor) IsSystem() bool { return a.ID == "" }

// Require returns a refusal unless the actor has one of the roles. Newsdesk itself may do everything.
func (a Actor) Require(roles ...Role) error {
	if a.IsSystem() {
		return nil
	}
	for _, r := range roles {
		if a.Has(r) {
			return nil
		}
	}
	names, zh := roleNames(roles)
	return Fail(Forbidden, "role", Text{
		EN: a.Name + " needs the role " + names + " for this. Ask an administrator.",
		ZH: a.Name + "需要" + zh + "角色才能执行此操作，请联系管理员。",
	})
}

// roleNames lists roles for people: “contributor or editor”, “投稿人或编辑”.
func roleNames(roles []Role) (en, zh string) {
	chinese := map[Role]string{Contributor: "投稿人", Reviewer: "审核人", Editor: "编辑", Administrator: "管理员"}
	for i, r := range roles {
		if i > 0 {
			en, zh = en+" or ", zh+"或"
		}
		en, zh = en+string(r), zh+chinese[r]
	}
	return en, zh
}

// Token is a secret by which a program acts as a person. Only the secret's hash is kept.
type Token struct {
	ID        TokenID   `json:"id"`
	User      UserID    `json:"user"`
	UserName  string    `json:"user_name"`
	Label     string    `json:"label"`
	Hash      string    `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// AuditEntry says who did what to which thing, and when. Entries are written with the change itself and never altered.
type AuditEntry struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	Actor     UserID    `json:"actor,omitempty"` // empty: Newsdesk
	ActorName string    `json:"actor_name,omitempty"`
	Action    string    `json:"action"`  // e.g. "article.sign", "delivery.live"
	Subject   string    `json:"subject"` // the thing's identifier
	Detail    string    `json:"detail,omitempty"`
}
