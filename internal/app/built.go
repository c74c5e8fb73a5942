package app

import "newsdesk/internal/web/script"

// built is a file for the website that npm packages are made into: variants.txt, the traditional characters that its search
// takes for simplified ones, from OpenCC's dictionary, and code.js, which draws QR codes. "" in a program that was compiled
// without them.
func built(name string) string {
	data, err := script.Built.ReadFile("dist/" + name)
	if err != nil {
		return ""
	}
	return string(data)
}
