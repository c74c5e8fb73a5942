package markup

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"newsdesk/internal/press"
)

// maxThemeBytes bounds a theme file; a complete one has about 2 KB.
const maxThemeBytes = press.MaxThemeBytes

// defaultTheme is the theme of an edition for which nobody chose one.
const defaultTheme = "institutional"

//go:embed themes/*.yaml
var embedded embed.FS

// builtin reads the embedded themes once. The tests read every one of them, so it cannot fail in a built program.
var builtin = sync.OnceValue(func() *ThemeSet {
	set := &ThemeSet{}
	if err := set.readAll(embedded, "themes", nil); err != nil {
		panic(fmt.Sprintf("markup: embedded themes: %v", err))
	}
	return set
})

// Themes returns the themes that come with the program.
func Themes() *ThemeSet { return builtin() }

// LoadThemes returns the themes that come with the program and those in dir, one in each .yaml file. A file there that
// has the name of a theme of the program replaces it. With like: NAME a file starts from a theme of the program and says
// only what differs; otherwise it must be complete. Unknown keys, bad values and missing keys are errors that name the
// file, the line and the key. An empty dir means only the themes of the program.
func LoadThemes(dir string) (*ThemeSet, error) {
	set := &ThemeSet{themes: slices.Clone(builtin().themes)}
	if dir == "" {
		return set, nil
	}
	if err := set.readAll(os.DirFS(dir), ".", builtin()); err != nil {
		return nil, fmt.Errorf("markup: themes in %s: %w", dir, err)
	}
	return set, nil
}

// readAll adds the themes of a folder and puts the default first. Two files with one name are an error.
func (s *ThemeSet) readAll(files fs.FS, dir string, base *ThemeSet) error {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return err
	}
	from := map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() || path.Ext(entry.Name()) != ".yaml" {
			continue
		}
		theme, err := readTheme(files, path.Join(dir, entry.Name()), base)
		if err != nil {
			return err
		}
		if other := from[theme.Name]; other != "" {
			return press.Fail(press.Conflict, "theme.twice", press.Say("The theme files %s and %s have the same name, %s. Rename one.",
				"主题文件 %s 和 %s 的名称相同（%s），请修改其中一个。", other, entry.Name(), theme.Name))
		}
		from[theme.Name] = entry.Name()
		s.put(theme)
	}
	s.sort()
	return nil
}

func (s *ThemeSet) sort() {
	slices.SortFunc(s.themes, func(a, b Theme) int { return strings.Compare(sortKey(a), sortKey(b)) })
}

func sortKey(t Theme) string {
	if t.Name == defaultTheme {
		return ""
	}
	return t.Name
}

func (s *ThemeSet) put(theme Theme) {
	for i := range s.themes {
		if s.themes[i].Name == theme.Name {
			s.themes[i] = theme
			return
		}
	}
	s.themes = append(s.themes, theme)
}

func readTheme(files fs.FS, file string, base *ThemeSet) (Theme, error) {
	f, err := files.Open(file)
	if err != nil {
		return Theme{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxThemeBytes+1))
	if err != nil {
		return Theme{}, err
	}
	if len(data) > maxThemeBytes {
		return Theme{}, press.Fail(press.TooLarge, "theme.size", press.Say("The theme file %s is over %d bytes.",
			"主题文件 %s 超过 %d 字节。", file, maxThemeBytes))
	}
	return parseTheme(file, data, base)
}

// parseTheme reads one theme. The base is where like: looks; nil when themes of the program itself are read.
func parseTheme(file string, data []byte, base *ThemeSet) (Theme, error) {
	var document yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&document); err != nil {
		return Theme{}, badTheme(file, 0, press.Say("It is not YAML: %s.", "不是有效的 YAML：%s。", yamlReason(err)))
	}
	r := themeReader{file: file}
	if len(document.Content) == 0 {
		return Theme{}, badTheme(file, 0, press.Say("It is empty.", "文件为空。"))
	}
	root := document.Content[0]
	theme := r.start(root, base)
	r.theme(root, &theme)
	if r.err != nil {
		return Theme{}, r.err
	}
	if key := theme.incomplete(); key != "" {
		return Theme{}, badTheme(file, 0, press.Say("The key %q must be a colour, because another key of the same block needs it.",
			"键 %q 必须是颜色，因为同一块中的其他键需要它。", key))
	}
	theme.css = theme.styles()
	return theme, nil
}

func yamlReason(err error) string {
	if errors.Is(err, io.EOF) {
		return "it is empty"
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

func badTheme(file string, line int, what press.Text) *press.Error {
	if line == 0 {
		return press.Fail(press.Invalid, "theme.file", press.Text{
			EN: fmt.Sprintf("The theme file %s cannot be used. %s", file, what.EN),
			ZH: fmt.Sprintf("主题文件 %s 无法使用。%s", file, what.ZH),
		})
	}
	return press.Fail(press.Invalid, "theme.file", press.Text{
		EN: fmt.Sprintf("The theme file %s is wrong in line %d. %s", file, line, what.EN),
		ZH: fmt.Sprintf("主题文件 %s 第 %d 行有误。%s", file, line, what.ZH),
	})
}
