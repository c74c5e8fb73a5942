package sandbox

import "net/http"

type gallery struct{}

func parsePages() (*gallery, error) { return &gallery{}, nil }

func (s *Sandbox) addPages(mux *http.ServeMux) {}
