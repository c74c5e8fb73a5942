package api_test

import (
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func TestFromParcelToEdition(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	var sent, all int64
	handed, err := d.as("writer").HandIn(ctx, api.Parcel{
		Files: parcel(t, "A whole journey"), Column: press.Column{"News", "Campus"}, Progress: func(s, a int64) { sent, all = s, a },
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent != all || all == 0 {
		t.Errorf("progress ended at %d of %d bytes", sent, all)
	}
	if handed.Article.State != press.ArticleReview || handed.Article.Column.String() != "News › Campus" || len(handed.Photos) != 1 || len(handed.Renditions) < 6 {
		t.Errorf("handed in: %+v with %d photos and %d renditions", handed.Article, len(handed.Photos), len(handed.Renditions))
	}
	if hash := handed.Revision.Content.Hash(); hash != handed.Article.Hash {
		t.Errorf("the content that came over the wire hashes to %s, the article says %s", hash, handed.Article.Hash)
	}

	article := d.approved(t, "Another one")
	created, err := d.as("editor").CreateEdition(ctx, api.NewEdition{
		Mode: "publish", At: time.Now().Add(time.Hour), Articles: []string{string(article.ID)}, Lateness: "45m",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(created.Deliveries) != 2 || created.Edition.MaxLateness != 45*time.Minute {
		t.Fatalf("edition %+v with %d deliveries", created.Edition, len(created.Deliveries))
	}
	read, err := d.as("one").Edition(ctx, created.Edition.ID)
	if err != nil || read.Edition.ID != created.Edition.ID || len(read.Deliveries) != 2 {
		t.Fatalf("read back %+v: %v", read, err)
	}
	later, err := d.as("editor").Reschedule(ctx, created.Edition.ID, time.Now().Add(3*time.Hour))
	if err != nil || !later.Edition.At.After(created.Edition.At) {
		t.Fatalf("rescheduled to %v: %v", later.Edition.At, err)
	}
	gone, err := d.as("editor").CancelEdition(ctx, created.Edition.ID)
	if err != nil || !gone.Edition.Cancelled {
		t.Fatalf("cancelled %+v: %v", gone.Edition, err)
	}
	for _, delivery := range gone.Deliveries {
		if delivery.State != press.Cancelled {
			t.Errorf("delivery %s is %s after the edition was cancelled", delivery.Target, delivery.State)
		}
	}
}
