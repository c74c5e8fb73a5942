package app

import "newsdesk/internal/web/script"

// variants are the traditional characters that the website's search takes for simplified ones, which the build derives from
// OpenCC's dictionary; "" in a program that was compiled without that.
func variants() string {
	data, err := script.Built.ReadFile("dist/variants.txt")
	if err != nil {
		return ""
	}
	return string(data)
}
