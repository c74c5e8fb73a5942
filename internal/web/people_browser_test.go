package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

// snap writes a picture of what a tab shows, where pictures are wanted, and asks axe-core about it.
func (w *tab) snap(name, axe string) {
	w.Helper()
	checkAxe(w, name, axe, allRules)
	if wide := eval[bool](w, `document.scrollingElement.scrollWidth > innerWidth`); wide {
		w.Errorf("%s is wider than its window", name)
	}
	if *look == "" {
		return
	}
	for _, dark := range []bool{false, true} {
		w.dark(dark)
		data, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(*look, name+map[bool]string{false: "-light", true: "-dark"}[dark]+".png"), data, 0o600)
		}
		if err != nil {
			w.Error(err)
		}
	}
	w.dark(false)
}

// TestPeopleInABrowser: the first start, somebody is added, and comes in on a phone with a one-time password.
func TestPeopleInABrowser(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	data, err := os.ReadFile("script/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	axe := string(data)
	a := house(t, nil)
	desk := window(t, browser, a, 1440, 900, press.Chinese)
	desk.open("/")
	desk.until(`location.pathname === '/setup'`)
	desk.fill("#name", "示例管理员")
	desk.fill("#password", app.SamplePassword)
	desk.fill("#again", app.SamplePassword+"x")
	desk.press("完成设置并登录")
	desk.sees("两次输入的密码不一致")
	desk.snap("people-setup-refused-zh-1440", axe)
	desk.fill("#password", app.SamplePassword)
	desk.fill("#again", app.SamplePassword)
	desk.press("完成设置并登录")
	desk.until(`location.pathname === '/' && document.querySelector('.side')`)

	desk.open("/people/new")
	desk.snap("people-new-zh-1440", axe)
	desk.fill("#name", "示例审核人")
	desk.click(`input[value="contributor"]`)
	desk.click(`input[value="reviewer"]`)
	desk.click(`input[value="final"]`)
	desk.press("添加并生成密码")
	desk.until(`document.querySelector('#secret')`)
	once := eval[string](desk, `document.querySelector('#secret').value`)
	desk.press("复制")
	desk.sees("已复制")
	desk.snap("people-secret-zh-1440", axe)
	desk.press("已记下，返回")
	desk.click(`a[href^="/people/"].people-who`)
	desk.until(`/^\/people\/[0-9a-z]{26}$/.test(location.pathname)`)
	desk.snap("people-person-zh-1440", axe)

	phone := window(t, browser, a, 390, 844, press.English)
	phone.open("/sign-in")
	phone.fill("#name", "示例审核人")
	phone.fill("#password", "not the password")
	phone.press("Sign in")
	phone.sees("The name or the password is not right")
	phone.snap("people-signin-refused-en-390", axe)
	if typed := eval[string](phone, `document.querySelector('#name').value`); typed != "示例审核人" {
		t.Errorf("the name is lost: %q", typed)
	}
	phone.fill("#password", once)
	phone.press("Sign in")
	phone.until(`location.pathname === '/me/password'`)
	phone.snap("people-must-change-en-390", axe)
	phone.fill("#old", once)
	phone.fill("#new", app.SamplePassword)
	phone.fill("#again", app.SamplePassword)
	phone.press("Save")
	phone.until(`location.pathname === '/' && document.querySelector('.side')`)
	phone.open("/me")
	phone.snap("people-me-en-390", axe)

	// Taken away, the phone is at the door with its next step.
	desk.press("停用")
	desk.until(`document.querySelector('dialog[open]')`)
	desk.snap("people-disable-question-zh-1440", axe)
	desk.click(`dialog[open] button.danger, dialog[open] button.primary`)
	desk.sees("已停用“示例审核人”")
	phone.open("/articles")
	phone.until(`location.pathname === '/sign-in'`)
	desk.clean()
	phone.clean()
}
