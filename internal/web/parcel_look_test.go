package web_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// handedIn hands in a parcel as they come: a zip in which something is of every kind, placed, left over, missing, torn.
func handedIn(t testing.TB, a *app.App) press.ArticleID {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	add := func(name string, data []byte) {
		part, err := w.Create("2026-11-20 校庆/" + name)
		if err == nil {
			_, err = part.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("稿件.txt", []byte("当前位置：新闻资讯 > 集团新闻\n示例学院举行建校周年庆祝大会\n　　十一月二十日上午，示例学院举行建校周年庆祝大会，师生与校友代表一千余人参加。\n【图1】\n▲ 庆祝大会现场\n　　大会在国歌声中开始。校长致辞，回顾了学校的发展历程。\n【图2】\n　　会后，校友们参观了实训中心。\n【图9】\n（撰稿：示例宣传处　摄影：示例学生记者团　审核：示例办公室）\n"))
	add("图片说明.txt", []byte("图2：校长致辞\n"))
	whole := made(t, 0)
	add("图1.jpg", whole)
	add("图2.jpg", made(t, 1))
	add("图3 校友代表参观学校实训中心.jpg", made(t, 2))
	add("备份/图1.jpg", whole)
	add("图4.jpg", whole[:len(whole)/2])
	add("附件1 校友返校报名表.csv", []byte("姓名,届别\n"))
	add("附件2 活动日程.pdf", []byte("no PDF"))
	add("花絮.mp4", []byte("a film"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	list, _, err := a.Store.Articles(t.Context(), store.ArticleFilter{States: []press.ArticleState{press.ArticleReturned}, Limit: 1})
	if err != nil || len(list) == 0 {
		t.Fatalf("whose parcel is it? %v", err)
	}
	author, err := a.Store.User(t.Context(), list[0].Author)
	if err != nil {
		t.Fatal(err)
	}
	by := press.Actor{User: author}
	handed, err := a.Desk.HandIn(t.Context(), by, desk.HandIn{Draft: true, Files: []intake.File{{
		Name: "校庆稿件.zip", Size: int64(packed.Len()),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return handed.Article.ID
}

// made is a photo like no other.
func made(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 960, 640))
	for y := range 640 {
		for x := range 960 {
			img.Set(x, y, color.RGBA{R: uint8(x/5 + 60*n), G: uint8(y / 3), B: uint8(200 - 60*n), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
