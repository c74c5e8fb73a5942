package site

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"newsdesk/internal/press"
)

const templatesReadme = `# Templates of the website's theme · 网站主题模板

These are the built-in ones. Name this folder in site.templates, change what you need, and delete the rest: what is not
here stays as the theme has it, also after an update. tokens.css holds colours, fonts and widths; besides it there can be
style.css (rules of your own, after all others), logo.svg, .png or .jpg (one more than 2.5 times as wide as high stands
instead of the name), favicon.svg, .png or .ico. "newsdesk config check" names mistakes with file and line.

以下为内置模板。在 site.templates 中指定本目录，按需修改，其余文件请删除：目录中没有的文件始终使用内置版本，升级后也随之更新。
tokens.css 为颜色、字体与宽度；另可放置 style.css（自有样式，最后生效）、logo.svg/.png/.jpg（宽高比超过 2.5 时代替网站名称）、
favicon.svg/.png/.ico。运行“newsdesk config check”可检查错误，并指出文件与行号。
`

// WriteTemplates writes a theme's templates and tokens into a folder, for a school to start from, and returns their
// names. It overwrites nothing: where one of the names is taken, none is written ("site.taken").
func WriteTemplates(theme, dir string) ([]string, error) {
	src, err := builtInSources(theme)
	if err != nil {
		return nil, err
	}
	files := sources{"README.md": []byte(templatesReadme), "tokens.css": src["tokens.css"]}
	for _, name := range templatesIn(src) {
		files[name] = src[name]
	}
	names := sortedKeys(files)
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return nil, taken(filepath.Join(dir, name))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, unwritable(dir, err)
	}
	for _, name := range names {
		if err := writeNew(filepath.Join(dir, name), files[name]); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func writeNew(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // no secret, and the service that reads it may be another user
	if errors.Is(err, fs.ErrExist) {
		return taken(path)
	}
	if err != nil {
		return unwritable(path, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func taken(path string) error {
	return press.Fail(press.Conflict, "site.taken", press.Say(
		"%s is there already and was not overwritten; name an empty folder.", "%s 已存在，未覆盖，请另选一个空目录。", path))
}

func unwritable(path string, err error) error {
	return press.Fail(press.Unavailable, "site.write", press.Say(
		"%s cannot be written. Check the folder's free space and permissions.", "%s 无法写入，请检查磁盘空间与目录权限。", path)).Because(err)
}
