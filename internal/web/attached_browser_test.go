package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

// TestAttachmentsInTheEditor adds files, one of which is none that can be, renames one, moves one by keys, removes one; the
// working copy and then the revision have what the page shows.
func TestAttachmentsInTheEditor(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	folder := t.TempDir()
	var files []string
	for name, data := range map[string]string{"报名表.csv": "姓名\n", "日程.pdf": "%PDF-1.7\n", "动画.zip": "PK", "路线.txt": "示例"} {
		files = append(files, filepath.Join(folder, name))
		if err := os.WriteFile(files[len(files)-1], []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := atWork(t, browsertest.Start(t), nil, "见附件。")
	w := d.as("writer")
	w.choose(func() { w.click(`.attachments [data-where=attachments]`) }, files...)
	w.until(`document.querySelectorAll('.attachments ol > li').length === 3 && document.querySelector('.attachments .is-failed')?.innerText.includes('动画.zip')`)
	w.click(`.attachments .is-failed button:last-child`)
	eval[bool](w.tab, `(() => {
		const row = name => [...document.querySelectorAll('.attachments ol > li')].find(li => li.dataset.sortName === name);
		const input = row('报名表.csv').querySelector('input');
		input.value = '附件 1：报名表';
		input.dispatchEvent(new Event('input', {bubbles: true}));
		row('路线.txt').querySelector('button:last-child').click();
		const handle = row('日程.pdf').querySelector('[data-sort-handle]');
		const press = key => handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
		handle.focus();
		[' ', 'Home', ' '].forEach(press);
		return true;
	})()`)
	good := func(c press.Content) bool {
		var names []string
		for _, a := range c.Attachments {
			names = append(names, a.Name)
		}
		return strings.Join(names, "|") == "日程.pdf|附件 1：报名表.csv"
	}
	d.kept(w, good)
	w.saves("3")
	if c := d.revision(0).Content; !good(c) {
		t.Errorf("the revision has %+v", c.Attachments)
	}
	w.open("/articles/" + string(d.article))
	w.sees("附件 1：报名表.csv")
	w.clean()
}
