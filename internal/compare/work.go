package compare

// The allowances. A news item takes a few thousandths of them; together they keep the worst comparison below about a
// second on one slow core, and below some tens of megabytes.
const (
	gridAllowance  = 8_000_000   // cells of all matrices in which equal things are matched
	gridLimit      = 1_000_000   // cells of one of them
	likeAllowance  = 150_000     // pairs of things that are compared by likeness
	likeLimit      = 40_000      // pairs of one stretch
	wordsAllowance = 100_000_000 // squares of the numbers of words that are compared with each other
	wordsLimit     = 16_000_000  // one of those squares: 4,000 words, both sides together
)

// work is one comparison: what it may still spend, and whether it had to be coarser than it would.
type work struct {
	grid, like, word int
	coarse           bool
}

func newWork() *work {
	return &work{grid: gridAllowance, like: likeAllowance, word: wordsAllowance}
}

// spend takes cost from an allowance. It refuses, and the answer becomes coarser, if that is more than the limit for one
// piece or more than is left.
func (w *work) spend(allowance *int, cost, limit int) bool {
	if cost > limit || cost > *allowance {
		w.coarse = true
		return false
	}
	*allowance -= cost
	return true
}
