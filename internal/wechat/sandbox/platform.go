package sandbox

import "time"

type ipList struct {
	IPList []string `json:"ip_list"`
}

func apiDomainIPs(*call) (reply, error) {
	return jsonReply(ipList{[]string{"127.0.0.1", "::1"}}), nil
}

func callbackIPs(*call) (reply, error) {
	return jsonReply(ipList{[]string{"127.0.0.1", "127.0.0.0/8"}}), nil
}

type dnsResult struct {
	IP           string `json:"ip"`
	RealOperator string `json:"real_operator"`
}

type pingResult struct {
	IP           string `json:"ip"`
	FromOperator string `json:"from_operator"`
	PackageLoss  string `json:"package_loss"`
	Time         string `json:"time"`
}

// checkCallback answers as if the callback address had been reached; it reaches nothing.
func checkCallback(c *call) (reply, error) {
	in, err := decode[struct {
		Action   text `json:"action"`
		Operator text `json:"check_operator"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	action, operator := in.Action.value, in.Operator.value
	switch operator {
	case "CHINANET", "UNICOM", "CAP", "DEFAULT":
	default:
		return reply{}, refuse(40203, "invalid check_operator")
	}
	c.s.mu.Lock()
	address := c.acct.cfg.CallbackURL
	c.s.mu.Unlock()
	if address == "" {
		return reply{}, refuse(40201, "callback url is not set")
	}
	out := map[string]any{}
	if action == "dns" || action == "all" {
		out["dns"] = []dnsResult{{"127.0.0.1", operator}}
	}
	if action == "ping" || action == "all" {
		out["ping"] = []pingResult{{"127.0.0.1", operator, "0%", "0.100ms"}}
	}
	if len(out) == 0 {
		return reply{}, refuse(40202, "invalid action")
	}
	return jsonReply(out), nil
}

type ridRequest struct {
	InvokeTime   int64  `json:"invoke_time"`
	CostInMS     int64  `json:"cost_in_ms"`
	RequestURL   string `json:"request_url"`
	RequestBody  string `json:"request_body"`
	ResponseBody string `json:"response_body"`
	ClientIP     string `json:"client_ip"`
}

// getRID resolves the request id of an error, for seven days and as long as the log of calls still has it.
func getRID(c *call) (reply, error) {
	in, err := decode[struct {
		RID text `json:"rid"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	found, known := c.s.calls.get(c.s.rids[in.RID.value])
	switch {
	case !known:
		return reply{}, refuse(76001, "rid not found")
	case found.AppID != c.acct.appid:
		return reply{}, refuse(76003, "rid does not belong to this account")
	case c.at.Sub(found.Time) > 7*24*time.Hour:
		return reply{}, refuse(76004, "rid is older than 7 days")
	}
	return jsonReply(struct {
		verdict
		Request ridRequest `json:"request"`
	}{verdict{0, "ok"}, ridRequest{
		found.Time.Unix(), found.Millis, found.Path, found.Summary, found.Reply, found.Client,
	}}), nil
}
