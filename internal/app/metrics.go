package app

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"newsdesk/internal/press"
)

// metrics are the figures at /metrics.
type metrics struct {
	registry *prometheus.Registry
	changes  *prometheus.CounterVec
	lateness prometheus.Histogram
	requests *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_delivery_changes_total", Help: "Changes of deliveries, by kind of target and new state.",
		}, []string{"kind", "state"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "newsdesk_push_lateness_seconds", Help: "From a push's time to its irrevocable call.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800},
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newsdesk_http_requests_total", Help: "Requests answered, by status.",
		}, []string{"status"}),
	}
	m.registry.MustRegister(m.changes, m.lateness, m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) delivery(d press.Delivery) {
	m.changes.WithLabelValues(string(d.Kind), string(d.State)).Inc()
	if d.State == press.Sending && d.Tries == 1 {
		m.lateness.Observe(d.FiredAt.Sub(d.DueAt).Seconds())
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// counted counts the answers of a handler.
func (m *metrics) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, r)
		m.requests.WithLabelValues(strconv.Itoa(s.status)).Inc()
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
