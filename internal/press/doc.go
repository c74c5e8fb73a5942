// Package press is Newsdesk's domain: articles made of typed blocks, their revisions and reviews, the editions they go
// out in, and the deliveries that bring them to readers. It imports the standard library only; everything else in the
// program points down at it.
//
// An article's way, and a delivery's:
//
//	draft ──hand in──▶ review ──every stage signed──▶ approved ──▶ editions
//	  ▲                  │
//	  └──── returned ◀───┘          any change makes a new revision, which nobody has signed
//
//	planned ──prepare──▶ ready ──due──▶ sending ──accepted──▶ sent ──settled──▶ live ──▶ retracted
//	   │ ▲                 │               │                    │                 └────▶ replaced (website)
//	   │ └──released───────┤               └──no clear answer──▶ unknown ──looked──▶ sent | live | ready
//	   ▼                   ▼                                    │
//	 blocked ◀─────────────┴────────────────────────────────────┘ refused     planned, ready, blocked ──▶ cancelled
//	    └── a person has seen at WeChat that it did go out ──▶ live
//
// Approved means frozen: a sign-off and a delivery name a content hash, and what is published is rendered from the
// revision with that hash and from nothing else.
package press
