package config

import "strings"

// Place is where readers find the website: the folder itself, or a copy of it elsewhere.
type Place struct {
	Kind  string     `key:"kind" allowed:"folder,s3,rsync"`
	S3    PlaceS3    `key:"s3"`
	Rsync PlaceRsync `key:"rsync"`
}

// PlaceS3 is a bucket that is served as a website.
type PlaceS3 struct {
	Endpoint  string `key:"endpoint"` // host or host:port
	Region    string `key:"region"`
	Bucket    string `key:"bucket"`
	Prefix    string `key:"prefix"` // before every object's name
	AccessKey string `key:"access_key"`
	SecretKey Secret `key:"secret_key"`
	TLS       bool   `key:"tls"`
	PathStyle bool   `key:"path_style"` // the bucket in the path of requests, not in the host's name
}

// PlaceRsync is a folder on another machine, reached by ssh.
type PlaceRsync struct {
	Host       string `key:"host"`
	Port       int    `key:"port" range:"1..65535"`
	User       string `key:"user"`
	Path       string `key:"path"`        // there
	Identity   string `key:"identity"`    // file of the private key, here
	KnownHosts string `key:"known_hosts"` // file with the host's key, here
}

func defaultPlace() Place {
	return Place{Kind: "folder", S3: PlaceS3{TLS: true}, Rsync: PlaceRsync{Port: 22}}
}

func (k *checker) place() {
	p := k.Site.Place
	var needed []struct{ key, val string }
	switch p.Kind {
	case "s3":
		needed = []struct{ key, val string }{
			{"endpoint", p.S3.Endpoint},
			{"bucket", p.S3.Bucket},
			{"access_key", p.S3.AccessKey},
			{"secret_key", p.S3.SecretKey.Reveal()},
		}
	case "rsync":
		needed = []struct{ key, val string }{
			{"host", p.Rsync.Host},
			{"user", p.Rsync.User},
			{"path", p.Rsync.Path},
			{"identity", p.Rsync.Identity},
			{"known_hosts", p.Rsync.KnownHosts},
		}
	default:
		return
	}
	for _, f := range needed {
		if key := "site.place." + p.Kind + "." + f.key; f.val == "" {
			k.fail(key, "site.place.kind is %[1]s, so %[2]s is needed.", "site.place.kind 为 %[1]s 时须填写 %[2]s。", p.Kind, key)
		}
	}
	if k.Origin("site.base_url") == "" {
		k.fail("site.base_url", "site.place.kind is %s, so site.base_url is needed: the address under which readers reach that place. It stands on every page.",
			"site.place.kind 为 %s 时须填写 site.base_url：读者访问该位置所用的地址，每个页面都会写入。", p.Kind)
	}
	if p.Kind == "s3" && strings.Contains(p.S3.Endpoint, "/") {
		k.fail("site.place.s3.endpoint", "site.place.s3.endpoint is %s; write the host alone, and whether it speaks TLS in site.place.s3.tls.",
			"site.place.s3.endpoint 的值为 %s，只写主机名，是否加密由 site.place.s3.tls 决定。", shown(p.S3.Endpoint))
	}
}
