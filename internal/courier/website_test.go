package courier_test

import (
	"context"
	"sync/atomic"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
)

// website keeps what it is given, and can be broken.
type website struct {
	broken atomic.Bool
	pages  atomic.Int64
}

// Targets has the one target that there is, and Website is it.
func (w *website) Targets(context.Context) ([]press.Target, error) {
	return []press.Target{{Name: press.SiteTarget, Kind: press.SiteStatic, On: true, Policy: press.SiteRequired}}, nil
}

func (w *website) Website(_ context.Context, name string) (courier.Website, error) {
	if name != press.SiteTarget {
		return nil, press.Fail(press.NotFound, "site.unknown", press.Say("there is no such website", "没有该网站"))
	}
	return w, nil
}

func (w *website) Address(id press.ArticleID) string {
	return "https://news.example.edu.cn/" + string(id) + ".html"
}

func (w *website) Publish(_ context.Context, p press.Page) (string, error) {
	if w.broken.Load() {
		return "", press.Fail(press.Unavailable, "site.disk", press.Say("the disk is full", "磁盘已满"))
	}
	for _, digest := range p.Content.Photos() {
		if len(p.Renditions[digest]) == 0 {
			return "", press.Fail(press.Internal, "site.photo", press.Say("a photo is missing", "缺少图片"))
		}
	}
	w.pages.Add(1)
	return w.Address(p.ID), nil
}

func (w *website) Refresh(context.Context, press.Column, press.ArticleID) error { return nil }

func (w *website) Remove(context.Context, press.Column, press.ArticleID) error {
	if w.broken.Load() {
		return press.Fail(press.Unavailable, "site.disk", press.Say("the disk is full", "磁盘已满"))
	}
	w.pages.Add(-1)
	return nil
}
