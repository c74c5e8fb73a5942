// Package markup writes an article's blocks for readers: as WeChat HTML in the looks of a theme, as website HTML, and as
// plain text. Nothing else in the program writes HTML that a reader sees. The renderers are pure and deterministic: equal
// input gives equal output, byte for byte.
//
//	                      ┌─ WeChat ─▶ <section style="…"> with inline styles, from a Theme
//	press.Content, Body ──┼─ Site ───▶ <div class="prose" lang="…">, a few classes, no styles
//	                      └─ Text ───▶ lines
//
// # WeChat
//
// WeChat stores an article without style sheets, classes, ids and position, dissolves div, empties every outside link,
// and counts tags and styles towards a limit of 20,000 characters. So what can be inherited stands once, on one outer
// section without horizontal padding (the page has its own), and everything else is as short as it can be.
//
// Paragraphs carry no style at all; a blank line parts them: <p>…</p><p><br></p><p>…</p>, 18 characters each. A margin on
// each is 31, because the page resets the margins of p to 0. A flex column with a gap on the outer section would be 7, but
// WeChat for Windows was on Chrome 81 for years, which ignores gap in a flex box: there a whole article would run together
// into one paragraph. The blank line is what WeChat's own editor writes when a person presses Enter twice, so it looks the
// same everywhere, and staff who open the draft there find what they know. For the same reason no rule here uses gap.
//
// Lists have no white space between items and a section inside each, or the editor shows empty bullets; a nested list
// stands beside the item it belongs to and not in it, because the editor flattens lists inside items. Line feeds never
// reach the output: some versions of the page preserve white space in paragraphs.
//
// # Website
//
// The classes that Site uses, for the website's style sheet:
//
//	prose          the outer div; it has lang
//	indent         with prose: Chinese, so that .indent > p:not([class]) begins with two characters of space
//	center, right  an aligned paragraph, heading or cell
//	captions-left  with prose: captions at the left edge
//	gallery        a div of two or more figures
//	table          a div around a table that can be scrolled sideways
//	c-red …        a colour of the palette
package markup
