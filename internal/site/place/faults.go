package place

import (
	"context"
	"fmt"
	"strings"

	"newsdesk/internal/press"
)

// The codes of faults.
const (
	CodeUnreachable = "place.unreachable" // no network, no answer, a line that broke
	CodeUnwell      = "place.unwell"      // the service there says that it cannot just now
	CodeFull        = "place.full"        // no room there
	CodeKey         = "place.key"         // the key or password is not taken
	CodeDenied      = "place.denied"      // it is taken, but may not write
	CodeMissing     = "place.missing"     // no such bucket or folder
	CodeRegion      = "place.region"      // the bucket is in another region
	CodeClock       = "place.clock"       // this machine's clock is wrong
	CodeCertificate = "place.certificate" // the TLS certificate is not to be trusted
	CodeHostKey     = "place.host_key"    // another machine answers than the one that is known
	CodeHostUnknown = "place.host_new"    // the machine's key was never entered
	CodeNoRsync     = "place.no_rsync"    // rsync is not installed there
	CodeNoProgram   = "place.no_program"  // rsync or ssh is not installed here
	CodeKeyFile     = "place.key_file"    // the key's file cannot be used
	CodeRefused     = "place.refused"     // anything else that the place answered
	CodeLocal       = "place.local"       // a file of the website cannot be read here
)

// maxAnswer bounds what is kept of a place's own words, in bytes.
const maxAnswer = 500

// fault makes one. What it says of the place is for people; answer is the place's own words, cause goes to the log.
func fault(code string, class press.Class, text, fix press.Text, answer string, cause error) *press.PageFault {
	kind := press.Unavailable
	if class == press.ClassConfig {
		kind = press.Invalid
	}
	answer = tidy(answer)
	if cause == nil && answer != "" {
		cause = fmt.Errorf("%s", answer)
	}
	said := press.Text{EN: text.EN + " " + fix.EN, ZH: text.ZH + fix.ZH}
	return &press.PageFault{
		Code: code, Class: class, Text: text, Fix: fix, Whose: press.Administrator, Answer: answer,
		Err: press.Fail(kind, code, said).Because(cause),
	}
}

// tidy makes one short line of a place's words.
func tidy(answer string) string {
	answer = press.OneLine(answer) // an older machine may speak GBK
	if len(answer) <= maxAnswer {
		return answer
	}
	return strings.ToValidUTF8(answer[:maxAnswer], "") + "…"
}

// where names the place in messages.
type where string

func (w where) unreachable(answer string, err error) error {
	return fault(CodeUnreachable, press.ClassBackoff,
		press.Say("The website's place %s does not answer.", "网站存放位置 %s 没有响应。", w),
		press.Say("Newsdesk tries again by itself. If it lasts, check the network, the address and the firewall.", "系统会自动重试；如持续出现，请检查网络、地址与防火墙。"), answer, err)
}

func (w where) unwell(answer string, err error) error {
	return fault(CodeUnwell, press.ClassBackoff,
		press.Say("The website's place %s cannot take files just now.", "网站存放位置 %s 暂时无法接收文件。", w),
		press.Say("Newsdesk tries again by itself. If it lasts, ask whoever runs it.", "系统会自动重试；如持续出现，请联系其管理方。"), answer, err)
}

func (w where) full(answer string, err error) error {
	return fault(CodeFull, press.ClassBackoff,
		press.Say("There is no room left at the website's place %s.", "网站存放位置 %s 空间已满。", w),
		press.Say("Make room there or raise the quota; Newsdesk then goes on by itself.", "请清理空间或提高配额，系统随后会自动继续。"), answer, err)
}

func (w where) key(fix press.Text, answer string, err error) error {
	return fault(CodeKey, press.ClassConfig,
		press.Say("The website's place %s does not take Newsdesk's key.", "网站存放位置 %s 不接受系统的密钥。", w), fix, answer, err)
}

func (w where) denied(answer string, err error) error {
	return fault(CodeDenied, press.ClassConfig,
		press.Say("Newsdesk may not write at the website's place %s.", "系统无权写入网站存放位置 %s。", w),
		press.Say("Give its key or user the right to list, write and delete there, then release.", "请授予该密钥或用户列出、写入和删除的权限，然后放行。"), answer, err)
}

func (w where) missing(answer string, err error) error {
	return fault(CodeMissing, press.ClassConfig,
		press.Say("The website's place %s does not exist.", "网站存放位置 %s 不存在。", w),
		press.Say("Make the bucket or folder, or correct site.place in the configuration, then release.", "请先创建该存储桶或文件夹，或更正配置中的 site.place，然后放行。"), answer, err)
}

func (w where) refused(answer string, err error) error {
	return fault(CodeRefused, press.ClassConfig,
		press.Say("The website's place %s refused a file.", "网站存放位置 %s 拒绝了文件。", w),
		press.Say("Its own words say why. Mend that, then release.", "原因见对方的答复，请处理后放行。"), answer, err)
}

func local(err error) error {
	return fault(CodeLocal, press.ClassBackoff,
		press.Say("A file of the website cannot be read here.", "本机的网站文件无法读取。"),
		press.Say("Check the permissions of the website's folder and the disk.", "请检查网站文件夹的权限与磁盘。"), "", err)
}

// stopped returns the context's end as it is; no place is to blame for it.
func stopped(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("place: %w", ctx.Err())
	}
	return nil
}
