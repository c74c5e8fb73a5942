package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/press"
)

// ArticlePath names an article. It is exported because the library passes over embedded fields that are not.
type ArticlePath struct {
	ID string `path:"id" maxLength:"26" doc:"the article's identifier"`
}

type htmlAnswer struct {
	Policy      string `header:"Content-Security-Policy"`
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *server) articles() {
	tag := []string{"articles"}
	register(s, huma.Operation{OperationID: "list-articles", Method: http.MethodGet, Path: "/articles", Summary: "List articles, newest first", Tags: tag}, s.listArticles)
	register(s, huma.Operation{OperationID: "read-article", Method: http.MethodGet, Path: "/articles/{id}", Summary: "Read an article", Tags: tag}, s.readArticle)
	register(s, huma.Operation{OperationID: "preflight-article", Method: http.MethodGet, Path: "/articles/{id}/preflight", Summary: "Check what can be checked before the hour", Tags: tag}, s.preflightArticle)
	register(s, huma.Operation{
		OperationID: "render-article", Method: http.MethodGet, Path: "/articles/{id}/render", Summary: "Render the current revision as a target shows it", Tags: tag,
		Responses: map[string]*huma.Response{"200": {Description: "HTML", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}}}},
	}, s.renderArticle)
	register(s, huma.Operation{OperationID: "sign-article", Method: http.MethodPost, Path: "/articles/{id}/sign", Summary: "Sign the next stage of a revision", Tags: tag}, s.signArticle)
	register(s, huma.Operation{OperationID: "return-article", Method: http.MethodPost, Path: "/articles/{id}/return", Summary: "Send an article back to its author", Tags: tag}, s.returnArticle)
	register(s, huma.Operation{OperationID: "audit", Method: http.MethodGet, Path: "/audit", Summary: "Read the audit log of a thing", Tags: []string{"audit"}}, s.audit)
}

func (s *server) listArticles(ctx context.Context, by press.Actor, in *ArticleQuery) (*answer[ArticleList], error) {
	list, total, err := s.Records.Articles(ctx, by, *in)
	return &answer[ArticleList]{ArticleList{Total: total, Articles: orEmpty(list)}}, err
}

func (s *server) readArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Revision int `query:"revision" minimum:"0" doc:"0 is the current one"`
},
) (*answer[ArticleReading], error) {
	if err := s.mayRead(ctx, by, press.ArticleID(in.ID)); err != nil {
		return nil, err
	}
	r, err := s.Desk.Read(ctx, press.ArticleID(in.ID), in.Revision)
	return &answer[ArticleReading]{readingOf(r)}, err
}

func (s *server) preflightArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Theme string `query:"theme" maxLength:"60"`
},
) (*answer[Findings], error) {
	if err := s.mayRead(ctx, by, press.ArticleID(in.ID)); err != nil {
		return nil, err
	}
	findings, err := s.Desk.Preflight(ctx, press.ArticleID(in.ID), in.Theme)
	return &answer[Findings]{Findings{orEmpty(findings)}}, err
}

func (s *server) renderArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	For   string `query:"for" enum:"wechat,site" required:"true"`
	Theme string `query:"theme" maxLength:"60"`
},
) (*htmlAnswer, error) {
	if err := s.mayRead(ctx, by, press.ArticleID(in.ID)); err != nil {
		return nil, err
	}
	html, err := s.Desk.Render(ctx, press.ArticleID(in.ID), press.TargetKind(in.For), in.Theme)
	return &htmlAnswer{Policy: "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'", ContentType: "text/html; charset=utf-8", Body: []byte(html)}, err
}

func (s *server) signArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body struct {
		Revision int    `json:"revision" minimum:"1"`
		Hash     string `json:"hash" minLength:"64" maxLength:"64" doc:"the content hash of what was read"`
	}
},
) (*answer[Signed], error) {
	article, signOff, err := s.Desk.Sign(ctx, by, press.ArticleID(in.ID), in.Body.Revision, press.ContentHash(in.Body.Hash))
	return &answer[Signed]{Signed{Article: article, SignOff: signOff}}, err
}

func (s *server) returnArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Body struct {
		Revision int    `json:"revision" minimum:"1"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
},
) (*answer[press.Article], error) {
	article, err := s.Desk.Return(ctx, by, press.ArticleID(in.ID), in.Body.Revision, in.Body.Reason)
	return &answer[press.Article]{article}, err
}

func (s *server) audit(ctx context.Context, by press.Actor, in *struct {
	Subject string `query:"subject" required:"true" maxLength:"60"`
	Before  int64  `query:"before" minimum:"0" doc:"only entries older than this number"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*answer[AuditList], error) {
	if err := by.Require(press.Contributor, press.Reviewer, press.Editor, press.Administrator); err != nil {
		return nil, err
	}
	if err := s.mayReadLog(ctx, by, in.Subject); err != nil {
		return nil, err
	}
	list, err := s.Records.Audit(ctx, in.Subject, in.Before, in.Limit)
	return &answer[AuditList]{AuditList{orEmpty(list)}}, err
}
