// Package herald tells people. What there is to tell was written by the transaction that is the cause; the herald looks for
// it, puts it into words and has it sent, in its own time and far from any delivery.
//
//	every 2 s: channels that something waits for
//	   │
//	   ▼ each on a goroutine of its own
//	claim (SQL, fenced) ──▶ the message's name is committed ──▶ words ──▶ send, at most 20 s ──▶ outcome committed
//	                                                                        │ arrived: next after the road's pace
//	                                                                        │ refused: later; 15 s, 30 s … 10 min
//	                                                                        └ no clear answer: later, the same message
//
// A mail server that hangs holds this goroutine and nothing else: no transaction is open meanwhile, and the courier does not
// know of it. What cannot be sent for a day is given up, and the channel's page says so.
//
// One cause is one row for each channel, whoever writes it and however often. On the wire a message may arrive twice: where
// the answer was lost, or where the process died between the sending and its note. Then it has the same identifier.
//
// What comes in faster than a robot takes it waits, and goes out as one message.
package herald
