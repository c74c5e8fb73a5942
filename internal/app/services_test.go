package app_test

import (
	"errors"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestOnServices goes through the main job on PostgreSQL and a real Redis, with the web in one Newsdesk and the workers in
// another, as on two machines that share a database, a queue and the folders.
func TestOnServices(t *testing.T) {
	t.Parallel()
	redis := servicetest.StartRedis(t)
	postgres, err := servicetest.StartPostgres(t.Context(), false)
	if errors.Is(err, servicetest.ErrNoPostgres) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postgres.Stop)
	shared := map[string]any{
		"sql.driver": "postgres", "sql.dsn": postgres.URL, "redis.mode": "single", "redis.addresses": []string{redis.Address},
		"data": t.TempDir(), "delivery.wake_early": "1s",
	}
	web := openAs(t, shared, func(o *app.Options) { o.Work = false })
	worker := map[string]any{"sandbox.listen": web.Config.Sandbox.Listen, "site.base_url": web.Config.Site.BaseURL}
	for key, value := range shared {
		worker[key] = value
	}
	openAs(t, worker, func(o *app.Options) { o.Serve, o.Migrate = false, false })

	files, err := intake.FromPaths([]string{servicetest.Data(t, "seed-article", "article-zh.txt")})
	if err != nil {
		t.Fatal(err)
	}
	demo := app.Demo{App: web, Files: files, In: 0, Say: func(text press.Text) { t.Log(text.EN) }}
	summary, err := demo.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkLive(t, summary)
}
