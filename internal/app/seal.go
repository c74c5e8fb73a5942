package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
)

// sealPrefix names the form of what is sealed: AES-256-GCM, the nonce before the text, in base64.
const sealPrefix = "v1."

// sealer keeps secrets that lie in the database from whoever reads only the database. Its key is that of the configuration,
// or else a file in the data folder, made when the first secret is sealed.
type sealer struct {
	configured config.Secret
	file       string

	mu   sync.Mutex
	aead cipher.AEAD // nil: not read yet
}

func newSealer(c config.Config) *sealer {
	return &sealer{configured: c.Secrets.Key, file: filepath.Join(c.Data, "secret.key")}
}

// seal encrypts a secret for one purpose: a text that was sealed for another does not open for it.
func (s *sealer) seal(purpose, secret string) (string, error) {
	aead, err := s.key(true)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // crypto/rand.Read never fails
	return sealPrefix + base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(secret), []byte(purpose))), nil
}

// open decrypts what seal made for that purpose; "" is nothing and stays nothing.
func (s *sealer) open(purpose, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	aead, err := s.key(false)
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(sealed, sealPrefix)
	data, err := base64.RawURLEncoding.DecodeString(rest)
	if !ok || err != nil || len(data) < aead.NonceSize() {
		return "", s.wrongKey(errors.New("it has not the form of what is sealed"))
	}
	plain, err := aead.Open(nil, data[:aead.NonceSize()], data[aead.NonceSize():], []byte(purpose))
	if err != nil {
		return "", s.wrongKey(err)
	}
	return string(plain), nil
}

// key reads the key, or makes the file where there is none and it may.
func (s *sealer) key(create bool) (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aead != nil {
		return s.aead, nil
	}
	text := s.configured.Reveal()
	if text == "" {
		var err error
		if text, err = s.keyFile(create); err != nil {
			return nil, err
		}
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != config.SecretsKeyBytes {
		return nil, s.badFile(errors.New("it is not base64 of 32 bytes"))
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	s.aead, err = cipher.NewGCM(block)
	return s.aead, err
}

func (s *sealer) keyFile(create bool) (string, error) {
	data, err := os.ReadFile(s.file)
	switch {
	case err == nil:
		return string(data), nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", s.badFile(err)
	case !create:
		return "", s.wrongKey(err)
	}
	if err := s.makeFile(); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", s.badFile(err)
	}
	if data, err = os.ReadFile(s.file); err != nil { // perhaps another process's: it was there first
		return "", s.badFile(err)
	}
	return string(data), nil
}

// makeFile writes a fresh key beside the file and links it into place, so that nobody reads half of one and nothing is
// written over.
func (s *sealer) makeFile() error {
	raw := make([]byte, config.SecretsKeyBytes)
	_, _ = rand.Read(raw)
	f, err := os.CreateTemp(filepath.Dir(s.file), ".secret-*.key") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(raw))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), s.file)
}

func (s *sealer) badFile(err error) error {
	return press.Fail(press.Unavailable, "secrets.file", press.Say(
		"The key file %s cannot be read or made. Check the rights of the data folder, or give secrets.key in the configuration.",
		"密钥文件 %s 无法读取或创建，请检查数据目录的权限，或在配置中填写 secrets.key。", s.file)).Because(err)
}

// wrongKey is for a secret that this installation's key does not open.
func (s *sealer) wrongKey(err error) error {
	if s.configured.Set() {
		return press.Fail(press.Invalid, "secrets.key", press.Say(
			"The account's secrets were sealed with another key than secrets.key in the configuration. Configure the key they were sealed with on every machine, or enter the secrets again.",
			"公众号密钥封存时所用的密钥与配置项 secrets.key 不同。请在每台机器上配置封存时的密钥，或重新填写各项密钥。")).Because(err)
	}
	return press.Fail(press.Invalid, "secrets.key", press.Say(
		"The account's secrets were sealed with another key than that of %s. Put the right file back, or enter the secrets again; where several machines share the database, configure the same secrets.key on each.",
		"公众号密钥封存时所用的密钥与 %s 不同。请恢复原文件，或重新填写各项密钥；多台机器共用数据库时，请在每台机器上配置相同的 secrets.key。", s.file)).Because(err)
}
