package api_test

import (
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func TestStop(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	article := d.approved(t, "Stopped")
	if _, err := d.as("writer").Stop(ctx, api.NewStop{Reason: "x"}); press.KindOf(err) != press.Forbidden {
		t.Errorf("a writer stops everything: %v", err)
	}
	if _, err := d.as("writer").Resume(ctx, ""); press.KindOf(err) != press.Forbidden {
		t.Errorf("a writer lifts a stop: %v", err)
	}
	stop, err := d.as("editor").Stop(ctx, api.NewStop{Reason: "标题有误"})
	if err != nil || stop.ByName != "editor" || stop.Account != "" {
		t.Fatalf("stop %+v: %v", stop, err)
	}
	want := api.NewEdition{Mode: "publish", At: time.Now(), Articles: []string{string(article.ID)}}
	if _, err := d.as("editor").CreateEdition(ctx, want); press.CodeOf(err) != press.CodeStopped {
		t.Errorf("composed for now: %v", err)
	}
	want.At = time.Now().Add(time.Hour)
	made, err := d.as("editor").CreateEdition(ctx, want)
	if err != nil || made.Stop == nil || made.Stop.Reason != "标题有误" {
		t.Fatalf("composed for later: %+v, %v", made.Stop, err)
	}
	list, err := d.as("writer").Stops(ctx)
	if err != nil || len(list.Stops) != 1 || list.Held == nil {
		t.Errorf("stops %+v: %v", list, err)
	}
	if _, err := d.as("editor").Resume(ctx, "main"); press.CodeOf(err) != "stop.none" {
		t.Errorf("another stop lifted: %v", err)
	}
	if lifted, err := d.as("editor").Resume(ctx, ""); err != nil || lifted.Reason != "标题有误" {
		t.Errorf("lifted %+v: %v", lifted, err)
	}
	push := made.Deliveries[0].ID
	if _, err := d.as("editor").ReleaseDelivery(ctx, push, api.ReleaseQuery{Quiet: true}); press.CodeOf(err) != "delivery.state" {
		t.Errorf("released what is not blocked: %v", err)
	}
}
