package press

// ReadsAll reports whether a person reads every article. Whoever only hands in reads their own; reviewers, editors and
// administrators, and Newsdesk itself, read all.
func (a Actor) ReadsAll() bool {
	return a.IsSystem() || a.Has(Reviewer) || a.Has(Editor) || a.Has(Administrator)
}

// CanRead reports whether a person may see an article, its revisions and its photos.
func (a Actor) CanRead(article Article) bool {
	return a.ReadsAll() || !a.Disabled && a.ID == article.Author
}

// RequireReading returns a refusal unless the person may see the article. It says no more than that there is no such
// article: who may not read it need not learn that it exists.
func (a Actor) RequireReading(article Article) error {
	if a.CanRead(article) {
		return nil
	}
	return Fail(NotFound, "article.missing", Say("There is no article %s.", "没有稿件 %s。", string(article.ID)))
}
