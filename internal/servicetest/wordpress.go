//go:build unix

package servicetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"time"
)

// WordPress is a real WordPress on a free port of this machine, with a database of its own behind a socket.
type WordPress struct {
	URL   string            // where its front page is
	Users map[string]string // the application passwords by login: "editor", "author", "subscriber"

	home string // of its files
	dir  string // of its own folder
	stop []func()
}

// WordPressPassword is with which every user of it signs in at its own pages.
const WordPressPassword = "a password for tests"

// WordPressHeader is a request's header by which a test has WordPress behave as some do: words of wordpress_plugin.php.
const WordPressHeader = "X-Newsdesk-Test"

// ErrNoWordPress says that there is none on this machine.
var ErrNoWordPress = errors.New("no WordPress on this machine: install wordpress, its theme, PHP with its modules, and MariaDB")

// wordPressHome is where the files of a WordPress lie, which are used where they are: in the folder that NEWSDESK_WORDPRESS
// names, so that the tests can be run against other versions, or where Debian's package puts them.
func wordPressHome() string {
	if home := os.Getenv("NEWSDESK_WORDPRESS"); home != "" {
		return home
	}
	return "/usr/share/wordpress"
}

// StartWordPress installs a WordPress into a temporary folder and waits until it answers.
func StartWordPress(ctx context.Context) (*WordPress, error) {
	php, phpErr := exec.LookPath("php")
	database, dbErr := exec.LookPath("mariadbd")
	home := wordPressHome()
	_, wpErr := os.Stat(filepath.Join(home, "wp-includes/version.php"))
	_, themeErr := os.Stat(filepath.Join(home, "wp-content/themes/twentytwentythree"))
	if errors.Join(phpErr, dbErr, wpErr, themeErr) != nil {
		return nil, ErrNoWordPress
	}
	dir, err := os.MkdirTemp("", "newsdesk-wp-") // short: a socket's path has room for some hundred bytes
	if err != nil {
		return nil, err
	}
	w := &WordPress{home: home, dir: dir}
	w.stop = append(w.stop, func() { _ = os.RemoveAll(dir) })
	if err := w.start(ctx, php, database); err != nil {
		w.Stop()
		return nil, err
	}
	return w, nil
}

// Stop ends its processes and removes its folder.
func (w *WordPress) Stop() {
	for i := len(w.stop) - 1; i >= 0; i-- {
		w.stop[i]()
	}
	w.stop = nil
}

func (w *WordPress) start(ctx context.Context, php, database string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := w.furnish(); err != nil {
		return err
	}
	if err := w.startDatabase(ctx, database); err != nil {
		return err
	}
	install := exec.CommandContext(ctx, php, w.phpFlags("wordpress_install.php")...) //nolint:gosec // the program found in PATH
	install.Dir = w.dir
	out, err := install.Output()
	if err != nil {
		return fmt.Errorf("installing WordPress: %w: %s", err, out)
	}
	from := bytes.IndexByte(out, '{')
	if from < 0 {
		return fmt.Errorf("installing WordPress: %s", out)
	}
	if err := json.Unmarshal(out[from:], &w.Users); err != nil {
		return fmt.Errorf("installing WordPress: %w: %s", err, out)
	}
	return w.serve(ctx, php)
}

// furnish links the package's files into the folder. PHP takes them for where they really lie, so that what is the folder's
// own is named by constants: see wordPressPrepend.
func (w *WordPress) furnish() error {
	entries, err := os.ReadDir(w.home)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "wp-config.php" || e.Name() == "wp-content" {
			continue
		}
		if err := os.Symlink(filepath.Join(w.home, e.Name()), filepath.Join(w.dir, e.Name())); err != nil {
			return err
		}
	}
	for _, name := range []string{"wp-content/mu-plugins", "wp-content/uploads", "wp-content/plugins", "data"} {
		if err := os.MkdirAll(filepath.Join(w.dir, name), 0o700); err != nil {
			return err
		}
	}
	if err := os.Symlink(filepath.Join(w.home, "wp-content/themes"), filepath.Join(w.dir, "wp-content/themes")); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"wordpress_prepend.php": wordPressPrepend, "wp-config.php": wordPressConfig, "wordpress_install.php": wordPressInstall,
		"wordpress_router.php": wordPressRouter, "wp-content/mu-plugins/test.php": wordPressPlugin,
	} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (w *WordPress) phpFlags(rest ...string) []string {
	return append([]string{
		"-d", "opcache.enable_cli=1", "-d", "opcache.validate_timestamps=0", "-d", "display_errors=0", "-d", "log_errors=0",
		"-d", "upload_max_filesize=1M", "-d", "post_max_size=1200K",
		"-d", "auto_prepend_file=" + filepath.Join(w.dir, "wordpress_prepend.php"),
		"-d", "mysqli.default_socket=" + w.socket(),
	}, rest...)
}

func (w *WordPress) socket() string { return filepath.Join(w.dir, "db.sock") }

// startDatabase starts a server without users, without a network and without care for power cuts.
func (w *WordPress) startDatabase(ctx context.Context, program string) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	// It outlives the context that starts it, and is ended by Stop.
	server := exec.Command(program, "--no-defaults", "--user="+me.Username, "--datadir="+filepath.Join(w.dir, "data"), //nolint:gosec,noctx // the program found in PATH
		"--skip-grant-tables", "--skip-networking", "--socket="+w.socket(), "--pid-file="+filepath.Join(w.dir, "db.pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
		"--skip-log-bin", "--character-set-server=utf8mb4")
	if err := w.run(server); err != nil {
		return err
	}
	return answers(ctx, "mariadbd", func() error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", w.socket())
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// run starts a process and ends it with Stop.
func (w *WordPress) run(cmd *exec.Cmd) error {
	cmd.Dir = w.dir
	if err := cmd.Start(); err != nil {
		return err
	}
	w.stop = append(w.stop, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return nil
}

// serve starts PHP's own server, on a port that was free a moment before.
func (w *WordPress) serve(ctx context.Context, php string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	server := exec.Command(php, w.phpFlags("-S", address, "-t", w.dir, filepath.Join(w.dir, "wordpress_router.php"))...) //nolint:gosec,noctx // likewise
	if err := w.run(server); err != nil {
		return err
	}
	w.URL = "http://" + address
	return answers(ctx, "php -S", func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+"/readme.html", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return res.Body.Close()
	})
}

// answers waits until ask succeeds.
func answers(ctx context.Context, who string, ask func() error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if ask() == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New(who + " did not answer in time")
		case <-tick.C:
		}
	}
}

// PHP runs statements inside WordPress, from the command line, and returns what they print.
func (w *WordPress) PHP(ctx context.Context, statements string) (string, error) {
	php, err := exec.LookPath("php")
	if err != nil {
		return "", ErrNoWordPress
	}
	cmd := exec.CommandContext(ctx, php, w.phpFlags("-d", "display_errors=1", "-r", "require './wordpress_prepend.php'; require ABSPATH . 'wp-load.php'; "+statements)...) //nolint:gosec // likewise; the statements are a test's
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// wordPressPrepend stands before every script: the package's own files find the folder by it, not by where they lie.
const wordPressPrepend = `<?php
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
`

const wordPressConfig = `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', '');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . ABSPATH . 'db.sock');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $key) {
	define($key, 'for tests');
}
$host = $_SERVER['HTTP_HOST'] ?? 'localhost';
define('WP_HOME', 'http://' . $host);
define('WP_SITEURL', 'http://' . $host);
define('WP_CONTENT_DIR', ABSPATH . 'wp-content');
define('WP_ENVIRONMENT_TYPE', 'local'); // so that application passwords work without encryption
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
`

const wordPressInstall = `<?php
(new mysqli('localhost', '', '', '', 0, ABSPATH . 'db.sock'))->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
define('WP_INSTALLING', true);
require ABSPATH . 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . WPINC . '/class-phpass.php';
$wp_hasher = new PasswordHash(4, true); // every call checks the password, which would take as long as all the rest of it
add_filter('pre_wp_mail', '__return_true');
$password = 'a password for tests';
wp_install('Sample College', 'admin', 'admin@example.com', false, '', $password);
update_option('permalink_structure', '/%year%/%postname%/');
update_option('timezone_string', 'Asia/Shanghai');
$out = [];
foreach (['editor', 'author', 'subscriber'] as $role) {
	$id = wp_insert_user(['user_login' => $role, 'user_pass' => $password, 'user_email' => "$role@example.com", 'role' => $role]);
	$out[$role] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Newsdesk'])[0];
}
flush_rewrite_rules(false);
echo json_encode($out);
`

const wordPressRouter = `<?php
require __DIR__ . '/wordpress_prepend.php'; // which PHP does not put before a router
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = ABSPATH . ltrim(rawurldecode($path), '/');
if ($path !== '/' && is_file($file)) {
	return false;
}
if (is_dir($file) && is_file(rtrim($file, '/') . '/index.php') && $path !== '/') {
	return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = ABSPATH . 'index.php';
require ABSPATH . 'index.php';
`

// wordPressPlugin makes one request go as it does at websites that are set up in another way.
const wordPressPlugin = `<?php
$test = explode(' ', $_SERVER['HTTP_X_NEWSDESK_TEST'] ?? '');
$does = function ($word) use ($test) { return in_array($word, $test, true); };
if ($does('plain')) { // no permalinks
	add_filter('pre_option_permalink_structure', '__return_empty_string');
	if (strpos($_SERVER['REQUEST_URI'], '/wp-json') === 0) {
		status_header(404);
		echo '<html><title>Not Found</title></html>';
		exit;
	}
}
if ($does('warns')) { // display_errors is on, and a plugin is sloppy
	echo "<br />\n<b>Warning</b>:  Undefined array key {\"x\"} in <b>/var/www/plugins/old.php</b> on line <b>3</b><br />\n";
}
if ($does('rejects')) {
	add_filter('rest_pre_insert_post', function () {
		return new WP_Error('required_field', 'Please choose a <b>department</b> before publishing.', ['status' => 400]);
	});
}
if ($does('closed')) { // a security plugin keeps the REST API for people who are signed in with a cookie
	add_filter('rest_authentication_errors', function () {
		return new WP_Error('rest_disabled', 'The REST API is disabled on this site.', ['status' => 403]);
	}, 200);
}
if ($does('closed401')) { // so others do, for everybody
	add_filter('rest_authentication_errors', function () {
		return new WP_Error('rest_cannot_access', 'DRA: Only trusted users can access the REST API.', ['status' => 401]);
	}, 200);
}
if ($does('members')) { // or only for those who did not sign in
	add_filter('rest_authentication_errors', function ($was) {
		return is_user_logged_in() ? $was : new WP_Error('rest_cannot_access', 'Only authenticated users can access the REST API.', ['status' => 401]);
	}, 200);
}
if ($does('xmlrpc') && strpos($_SERVER['REQUEST_URI'], 'xmlrpc.php') === false) { // the REST API is blocked at every address
	status_header(403);
	echo '<html><title>Forbidden</title></html>';
	exit;
}
if ($does('full')) { // no space is left on the device, as PHP tells it (UPLOAD_ERR_CANT_WRITE)
	add_filter('wp_handle_upload_prefilter', function ($file) {
		return ['error' => 'Failed to write file to disk.'] + $file;
	});
}
if ($does('fulldb')) {
	add_filter('query', function ($query) {
		return preg_match('/^\s*(INSERT INTO|UPDATE) .wp_posts/', $query) ? 'SELECT broken FROM nowhere' : $query;
	});
}
if ($does('nopasswords')) {
	add_filter('wp_is_application_passwords_available', '__return_false');
}
if ($does('strips')) { // the web server keeps the header of the login from PHP
	unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'], $_SERVER['HTTP_AUTHORIZATION']);
}
if ($does('rewrites')) { // changes what it stores
	add_filter('wp_insert_post_data', function ($data) {
		$data['post_content'] = str_replace('<p>', '<p lang="zh">', $data['post_content']);
		return $data;
	});
}
if ($does('holds')) { // somebody has to consent to every post
	add_filter('wp_insert_post_data', function ($data) {
		return $data['post_status'] === 'publish' ? ['post_status' => 'pending'] + $data : $data;
	});
}
if ($does('exhausts')) { // memory runs out over the sizes of a photo; the second try has less to do
	add_filter('intermediate_image_sizes_advanced', function ($sizes) {
		if (strpos($_SERVER['REQUEST_URI'], 'post-process') === false) {
			http_response_code(500);
			exit;
		}
		return $sizes;
	});
}
if ($does('notrash')) {
	add_filter('rest_post_trashable', '__return_false');
}
if ($does('maintenance')) {
	add_action('init', function () {
		wp_die('Briefly unavailable for scheduled maintenance. Check back in a minute.', 'Maintenance', ['response' => 503]);
	});
}
`
