package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func newColumn(e *env) *cobra.Command {
	return e.group("column", e.say("Columns and what they ask of their articles", "栏目与栏目要求"), newColumnList(e), newColumnRules(e))
}

func newColumnList(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List the columns and what holds in each", "列出栏目及其要求"), Example: "  newsdesk column list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.Columns(cmd.Context())
			if err != nil || r.asJSON {
				return orJSON(e, list, err)
			}
			e.columns(list.Columns)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func (e *env) columns(list []api.ColumnReading) {
	if len(list) == 0 {
		e.tell("There is no column yet.", "还没有栏目。")
		return
	}
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.Column, c.Holds.Summary().In(e.lang)})
	}
	e.table([]string{e.say("Column", "栏目"), e.say("Asks for", "要求")}, rows)
}

func newColumnRules(e *env) *cobra.Command {
	var r remote
	var next press.ColumnRules
	var credits []string
	var clear bool
	var look lookFlags
	cmd := &cobra.Command{
		Use: "rules COLUMN", Short: e.say("Show or change what a column asks of its articles", "查看或修改栏目要求"), Args: cobra.ExactArgs(1),
		Long: e.say("Without flags it shows the column's rules. A flag changes one of them and leaves the others; 0 takes a rule away. What a column\n"+
			"does not state, it takes over from the column around it. For administrators.",
			"不带参数时显示栏目要求；带参数时只修改指定的项，0 表示取消该项。栏目没有写明的要求沿用上级栏目。仅限管理员。"),
		Example: "  newsdesk column rules \"News › Group\" --photos-least 3 --photo-longer 1600 --credits text,photos\n  newsdesk column rules News --watermark seal.png --watermark-corner top-left --caption marked\n  newsdesk column rules \"News › Group\" --clear",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.Columns(cmd.Context())
			if err != nil {
				return err
			}
			path := press.ParseColumn(args[0])
			now, ok := columnIn(list, path)
			if !ok {
				return press.NoColumn(path)
			}
			for _, c := range credits {
				next.Credits = append(next.Credits, press.Credit(strings.TrimSpace(c)))
			}
			rules, changed := mergeRules(cmd, now.Rules, next, clear)
			picture, looks, err := look.merge(cmd.Flags(), &rules)
			if err != nil {
				return err
			}
			if changed || looks {
				if now, err = s.SetColumnRules(cmd.Context(), api.ColumnRulesBody{Column: now.Column, Version: now.Version, Rules: rules, WatermarkPicture: picture}); err != nil {
					return err
				}
			}
			if r.asJSON {
				return e.json(now)
			}
			e.fields(field{e.say("Column", "栏目"), now.Column}, field{e.say("States itself", "自身要求"), now.Rules.Summary().In(e.lang)},
				field{e.say("Holds", "实际要求"), e.orNothing(now.Holds)})
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	f := cmd.Flags()
	f.IntVar(&next.PhotosLeast, "photos-least", 0, e.say("least `number` of photos", "图片最少`张数`"))
	f.IntVar(&next.PhotosMost, "photos-most", 0, e.say("most `photos`", "图片最多`张数`"))
	f.IntVar(&next.PhotoWidth, "photo-width", 0, e.say("least width of each photo in `pixels`", "图片最小宽度（`像素`）"))
	f.IntVar(&next.PhotoLonger, "photo-longer", 0, e.say("least longer side of each photo in `pixels`", "图片长边最小值（`像素`）"))
	f.IntVar(&next.WordsLeast, "words-least", 0, e.say("least `words` of the body; a Chinese character is one", "正文最少`字数`"))
	f.IntVar(&next.WordsMost, "words-most", 0, e.say("most `words` of the body", "正文最多`字数`"))
	f.StringSliceVar(&credits, "credits", nil, e.say("`credits` that must be named: text, photos, editor, reviewer, source", "必填`署名`：text 供稿、photos 摄影、editor 编辑、reviewer 审核、source 来源"))
	f.BoolVar(&next.Digest, "digest", false, e.say("a digest must be written", "须写摘要"))
	f.BoolVar(&next.Alone, "alone", false, e.say("nothing is taken over from outer columns", "不沿用上级栏目要求"))
	look.flags(e, f)
	f.BoolVar(&clear, "clear", false, e.say("take every rule of the column away", "清空该栏目自身的要求"))
	return cmd
}

func columnIn(list api.ColumnList, path press.Column) (api.ColumnReading, bool) {
	for _, c := range list.Columns {
		if c.Column == path.String() {
			return c, true
		}
	}
	return api.ColumnReading{}, false
}

// mergeRules changes the rules that flags were given for.
func mergeRules(cmd *cobra.Command, now, next press.ColumnRules, clear bool) (press.ColumnRules, bool) {
	changed := clear
	if clear {
		now = press.ColumnRules{}
	}
	for name, put := range map[string]func(){
		"photos-least": func() { now.PhotosLeast = next.PhotosLeast }, "photos-most": func() { now.PhotosMost = next.PhotosMost },
		"photo-width": func() { now.PhotoWidth = next.PhotoWidth }, "photo-longer": func() { now.PhotoLonger = next.PhotoLonger },
		"words-least": func() { now.WordsLeast = next.WordsLeast }, "words-most": func() { now.WordsMost = next.WordsMost },
		"credits": func() { now.Credits = next.Credits }, "digest": func() { now.Digest = next.Digest }, "alone": func() { now.Alone = next.Alone },
	} {
		if cmd.Flags().Changed(name) {
			put()
			changed = true
		}
	}
	return now, changed
}

func (e *env) orNothing(r press.ColumnRules) string {
	if said := r.Summary().In(e.lang); said != "" {
		return said
	}
	return e.say("nothing is asked", "不作要求")
}

func newWords(e *env) *cobra.Command {
	return e.group("words", e.say("Look after the words to avoid", "管理用词检查的词表"), newWordsList(e), newWordsImport(e), newWordsRemove(e))
}

func newWordsList(e *env) *cobra.Command {
	var r remote
	var asCSV, sample bool
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List the words to avoid", "列出词表"), Args: cobra.NoArgs,
		Example: "  newsdesk words list\n  newsdesk words list --csv > words.csv\n  newsdesk words list --sample --csv > words.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := api.AvoidWordList{Words: press.SampleWords()}
			if !sample {
				s, err := e.session(&r)
				if err != nil {
					return err
				}
				if list, err = s.AvoidWords(cmd.Context()); err != nil {
					return err
				}
			}
			switch {
			case r.asJSON:
				return e.json(list)
			case asCSV:
				_, err := io.WriteString(e.out, press.FormatWords(list.Words, e.lang))
				return err
			}
			e.words(list.Words)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().BoolVar(&asCSV, "csv", false, e.say("as a CSV file, which “words import” reads", "输出为 CSV，可用 words import 导入"))
	cmd.Flags().BoolVar(&sample, "sample", false, e.say("a short sample instead of the office's list", "显示示例词表，而不是本单位的词表"))
	return cmd
}

func (e *env) words(list []press.AvoidWord) {
	if len(list) == 0 {
		e.tell("The list is empty; “newsdesk words list --sample --csv” shows what it may look like.", "词表为空；可用 newsdesk words list --sample --csv 查看示例。")
		return
	}
	var rows [][]string
	for _, w := range press.SortWords(list) {
		rows = append(rows, []string{w.Phrase, w.Instead, w.Severity.Name().In(e.lang), w.Reason})
	}
	e.table([]string{e.say("Word", "用词"), e.say("Instead", "建议用词"), e.say("Severity", "级别"), e.say("Reason", "原因")}, rows)
}

func newWordsImport(e *env) *cobra.Command {
	var r remote
	var replace bool
	cmd := &cobra.Command{
		Use: "import FILE", Short: e.say("Add words to avoid from a file", "从文件导入词表"), Args: cobra.ExactArgs(1),
		Long: e.say("A line is word,instead,severity,reason (commas or tabs), or only the word, or word → instead. Severities are must, check and\n"+
			"allow. An entry takes the place of the one of the same word. “-” reads standard input. For administrators.",
			"每行一条：用词,建议用词,级别,原因（逗号或制表符分隔），也可只写用词，或写成“用词→建议用词”。级别为：必须修改、请核对、允许使用。\n"+
				"已有的用词以导入的为准。“-”表示标准输入。仅限管理员。"),
		Example: "  newsdesk words import words.csv\n  newsdesk words import words.csv --replace",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := e.readWords(args[0])
			if err != nil {
				return err
			}
			list, err := press.ParseWords(text)
			if err != nil {
				return err
			}
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			body := api.AvoidWordsBody{Words: []api.AvoidWordBody{}, Replace: replace}
			for _, w := range list {
				body.Words = append(body.Words, api.AvoidWordBody{Phrase: w.Phrase, Instead: w.Instead, Severity: string(w.Severity), Reason: w.Reason})
			}
			done, err := s.PutAvoidWords(cmd.Context(), body)
			return e.wordsChanged(&r, done, err)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().BoolVar(&replace, "replace", false, e.say("the list is these and nothing else", "以导入内容替换整个词表"))
	return cmd
}

// readWords reads a list up to its bound; UTF-8, which is what spreadsheets write as “CSV UTF-8”.
func (e *env) readWords(name string) (string, error) {
	in := e.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", usage("The file %q cannot be read.", "文件 %q 无法读取。", name)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, press.MaxAvoidListBytes+1))
	if err != nil {
		return "", fmt.Errorf("words to avoid: %w", err)
	}
	return string(data), nil
}

func (e *env) wordsChanged(r *remote, done desk.WordsChanged, err error) error {
	if err != nil || r.asJSON {
		return orJSON(e, done, err)
	}
	e.tell("%d added, %d changed, %d removed; %d in the list.", "新增 %d 条，修改 %d 条，删除 %d 条，现有 %d 条。", done.Added, done.Changed, done.Removed, done.Total)
	return nil
}

func newWordsRemove(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "remove WORD…", Short: e.say("Remove words from the list", "从词表删除用词"), Args: cobra.MinimumNArgs(1),
		Example: "  newsdesk words remove 截止目前",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			done, err := s.RemoveAvoidWords(cmd.Context(), args)
			return e.wordsChanged(&r, done, err)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

// newArticleMeant confirms what the text checks found.
func newArticleMeant(e *env) *cobra.Command {
	var r remote
	var revision int
	cmd := &cobra.Command{
		Use: "meant ARTICLE", Short: e.say("Say that what the text checks found is meant", "确认保留预检提示的内容"), Args: cobra.ExactArgs(1),
		Long: e.say("Personal numbers and words that must change keep an article from being signed and composed, until an editor says that they are\n"+
			"meant. See “newsdesk article preflight” first.",
			"稿件中有个人号码或必须修改的用词时不能签字和编排，除非编辑确认保留。请先用 newsdesk article preflight 查看。"),
		Example: "  newsdesk article meant 01m82…",
		RunE: func(cmd *cobra.Command, args []string) error {
			reading, s, err := e.read(cmd.Context(), &r, args[0], revision)
			if err != nil {
				return err
			}
			findings, err := s.SayMeant(cmd.Context(), reading.Article.ID, reading.Revision.Number)
			if err != nil {
				return err
			}
			if r.asJSON {
				return e.json(api.Findings{Findings: emptyNotNull(findings)})
			}
			e.tell("Confirmed for revision %d of “%s”.", "已确认第 %d 版《%s》。", reading.Revision.Number, plain(reading.Article.Title))
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().IntVar(&revision, "revision", 0, e.say("the `number` that was read (default: the current one)", "所读版本的`编号`，默认为当前版本"))
	return cmd
}
