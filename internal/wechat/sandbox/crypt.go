package sandbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// padBlock is the platform's PKCS#7 block; it is not the block of AES.
const padBlock = 32

// signature is the platform's: SHA-1 over the parts, sorted as text and joined.
func signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func decodeAESKey(key string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil || len(key) != 43 || len(raw) != 32 {
		return nil, errors.New("an EncodingAESKey has 43 characters of base64")
	}
	return raw, nil
}

// encrypt seals msg for an account: 16 random bytes, the length of msg, msg and the appid, padded to 32, AES-256-CBC with
// the start of the key as IV.
func encrypt(encodingKey, appid string, msg []byte) (string, error) {
	key, err := decodeAESKey(encodingKey)
	if err != nil {
		return "", err
	}
	plain := make([]byte, 16, 20+len(msg)+len(appid)+padBlock)
	_, _ = rand.Read(plain) // never fails
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(msg)))
	plain = append(append(plain, msg...), appid...)
	pad := padBlock - len(plain)%padBlock
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}
