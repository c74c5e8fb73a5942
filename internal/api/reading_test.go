package api_test

import (
	"net/http"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

// A contributor's token reads what belongs to the contributor's own articles, and of the others not even that they exist.
func TestContributorsReadTheirOwn(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	d.person(t, "stranger", press.Contributor)
	mine := d.approved(t, "Mine")
	handed, err := d.as("stranger").HandIn(ctx, api.Parcel{Files: parcel(t, "Theirs")})
	if err != nil {
		t.Fatal(err)
	}
	theirs := handed.Article
	made, err := d.as("editor").CreateEdition(ctx, api.NewEdition{Mode: "publish", At: time.Now().Add(time.Hour), Articles: []string{string(mine.ID)}})
	if err != nil {
		t.Fatal(err)
	}
	own, other := "?article="+string(mine.ID), "?article="+string(theirs.ID)
	for _, c := range []struct {
		path                   string
		writer, stranger, rest int
	}{
		{"/articles/" + string(mine.ID), 200, 404, 200},
		{"/articles/" + string(mine.ID) + "/preflight", 200, 404, 200},
		{"/articles/" + string(mine.ID) + "/render?for=wechat", 200, 404, 200},
		{"/articles/" + string(theirs.ID), 404, 200, 200},
		{"/editions", 403, 403, 200},
		{"/editions" + own, 200, 404, 200},
		{"/editions/" + string(made.Edition.ID), 200, 404, 200},
		{"/deliveries", 403, 403, 200},
		{"/deliveries" + own, 200, 404, 200},
		{"/deliveries" + other, 404, 200, 200},
		{"/deliveries/" + string(made.Deliveries[0].ID), 200, 404, 200},
		{"/deliveries/" + string(made.Deliveries[1].ID), 200, 404, 200},
		{"/audit?subject=" + string(mine.ID), 200, 404, 200},
		{"/audit?subject=" + string(made.Edition.ID), 200, 404, 200},
		{"/audit?subject=" + string(made.Deliveries[0].ID), 200, 404, 200},
		{"/audit?subject=sign-in", 404, 404, 200},
	} {
		for name, want := range map[string]int{"writer": c.writer, "stranger": c.stranger, "editor": c.rest, "one": c.rest} {
			if res := d.raw(t, http.MethodGet, api.Prefix+c.path, d.tokens[name], nil); res.StatusCode != want {
				t.Errorf("%s as %s: got %d, want %d", c.path, name, res.StatusCode, want)
			}
		}
	}
	for name, want := range map[string][]press.ArticleID{"writer": {mine.ID}, "stranger": {theirs.ID}, "editor": {theirs.ID, mine.ID}} {
		list, err := d.as(name).Articles(ctx, api.ArticleQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Articles) != len(want) || list.Total != len(want) {
			t.Errorf("%s sees %d of %d articles, want %d", name, len(list.Articles), list.Total, len(want))
		}
	}
}

// Of an edition that two contributors share, each sees their own part.
func TestSharedEdition(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	d.person(t, "stranger", press.Contributor)
	mine := d.approved(t, "Mine")
	handed, err := d.as("stranger").HandIn(ctx, api.Parcel{Files: parcel(t, "Theirs")})
	if err != nil {
		t.Fatal(err)
	}
	theirs := handed.Article
	for _, name := range []string{"one", "two", "three"} {
		if _, err := d.as(name).Sign(ctx, theirs.ID, theirs.Revision, theirs.Hash); err != nil {
			t.Fatal(err)
		}
	}
	made, err := d.as("editor").CreateEdition(ctx, api.NewEdition{
		Mode: "publish", At: time.Now().Add(time.Hour), Articles: []string{string(mine.ID), string(theirs.ID)},
	})
	if err != nil {
		t.Fatal(err)
	}
	read, err := d.as("stranger").Edition(ctx, made.Edition.ID)
	if err != nil {
		t.Fatal(err)
	}
	items := read.Edition.Items
	if len(items) != 2 || items[0] != (press.EditionItem{}) || items[1].Title != "Theirs" {
		t.Errorf("a contributor sees %+v", items)
	}
	if len(read.Deliveries) != 2 { // the push and their own page
		t.Errorf("a contributor sees the deliveries %+v", read.Deliveries)
	}
}
