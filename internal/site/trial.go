package site

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"newsdesk/internal/press"
)

// Test looks whether the folder takes files, and whether the place that readers find it at can be reached.
func (s *Site) Test(ctx context.Context) press.TargetReport {
	folder := press.TargetCheck{Name: press.Say("Folder", "网站文件夹"), OK: true, Text: press.Say("Files can be written there.", "可以写入文件。")}
	if err := s.tryFolder(); err != nil {
		folder.OK, folder.Text, folder.Answer = false, press.Say("The website's folder takes no files.", "网站文件夹无法写入文件。"), bare(err)
		folder.Fix = press.Say("Give Newsdesk the right to write there, or make room on the disk.", "请为 Newsdesk 授予写入权限，或清理磁盘空间。")
	}
	checks := []press.TargetCheck{folder}
	if s.cfg.Place != nil {
		checks = append(checks, placeCheck(s.cfg.Place.Check(ctx)))
	}
	out := press.TargetReport{Works: true, Text: press.Say("The website takes articles.", "网站可以接收稿件。"), Checks: checks}
	for _, c := range checks {
		if !c.OK {
			out.Works, out.Text, out.Fix = false, c.Text, c.Fix
			break
		}
	}
	return out
}

// tryFolder writes a file that readers never see, and removes it.
func (s *Site) tryFolder() error {
	dir := filepath.Join(s.cfg.Dir, ".newsdesk")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "try-*")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 4<<10)) // a full disk may still have names
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// bare is an error of the file system without the path on this machine.
func bare(err error) string {
	var failed *os.PathError
	if errors.As(err, &failed) {
		return failed.Err.Error()
	}
	return press.TextOf(err).EN
}

func placeCheck(err error) press.TargetCheck {
	out := press.TargetCheck{Name: press.Say("Where readers find it", "发布位置"), OK: true, Text: press.Say("It can be reached and takes files.", "可以连接并写入文件。")}
	if err == nil {
		return out
	}
	out.OK, out.Text = false, press.TextOf(err)
	var fault *press.PageFault
	if errors.As(err, &fault) {
		out.Fix, out.Answer = fault.Fix, fault.Answer
	}
	return out
}
