package cli_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSitePlace: commands say that there is no place, what is wrong with its settings, and why it cannot be reached.
func TestSitePlace(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	for _, command := range []string{"push", "check"} {
		i.run("site", command).refused(3, "place.none")
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret-of-the-test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bucket := []string{
		"--set", "site.base_url=https://news.example.edu.cn", "--set", "site.place.kind=s3", "--set", "site.place.s3.endpoint=" + closed.Addr().String(),
		"--set", "site.place.s3.bucket=site", "--set", "site.place.s3.tls=false", "--set", "site.place.s3.path_style=true", "--set", "site.place.s3.access_key=newsdesk",
		"--set", "site.place.s3.secret_key_file=" + secret,
	}
	r := i.run(append([]string{"site", "check"}, bucket...)...)
	r.refused(6, "place.unreachable")
	if !strings.Contains(r.errOut, "s3://site does not answer") || strings.Contains(r.errOut, "s3cret") {
		t.Errorf("said: %s", r.errOut)
	}
	i.run(append([]string{"site", "check"}, bucket[2:]...)...).refused(2, "config.combination")
	i.run("config", "check", "--set", "site.base_url=https://news.example.edu.cn", "--set", "site.place.kind=rsync", "--set", "site.place.rsync.host=www.example.edu.cn",
		"--set", "site.place.rsync.user=news", "--set", "site.place.rsync.path=/srv/../etc", "--set", "site.place.rsync.identity=id", "--set", "site.place.rsync.known_hosts=known").
		refused(2, "place.config")
}
