package wechat_test

import (
	"context"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestRetract(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t, setup{}), context.Background()
	published, err := r.Publish(ctx, r.draft("头条", "次条"))
	r.must(err)
	sent, err := r.SendAll(ctx, r.draft("群发"), "id-1")
	r.must(err)
	r.box.Settle()
	status, err := r.PublishStatus(ctx, published.ID)
	r.must(err)
	for range 2 { // a second time does no harm
		raw, err := r.RetractPublication(ctx, status.ArticleID, 0)
		r.must(err)
		if !strings.Contains(raw, `"errcode":0`) {
			t.Errorf("WeChat's answer is kept as %q", raw)
		}
		_, err = r.RetractMass(ctx, sent.ID, 0)
		r.must(err)
	}
	after, err := r.PublishStatus(ctx, published.ID)
	r.must(err)
	mass, err := r.MassStatus(ctx, sent.ID)
	r.must(err)
	if after.State != press.PushDeleted || mass.State != press.PushDeleted {
		t.Errorf("after the retraction: %s and %s, want both deleted", after.State, mass.State)
	}
	_, err = r.RetractPublication(ctx, "nosuch", 0)
	if got := r.refusal(err); got.Code != 53600 {
		t.Errorf("an unknown publication: %+v", got)
	}
	_, err = r.RetractMass(ctx, "12345", 0)
	if got := r.refusal(err); got.Code != 40059 {
		t.Errorf("an unknown mass push: %+v", got)
	}
	_, err = r.RetractMass(ctx, "", 0)
	if got := r.refusal(err); got.Class != press.ClassConfig {
		t.Errorf("a mass push without a name: %+v", got)
	}
}
