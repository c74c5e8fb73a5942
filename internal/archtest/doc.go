// Package archtest holds the house's floors: which package may import which, and which package a library belongs to.
// It is tests only; .golangci.yaml says the same to editors.
//
//	5  app            assembles everything
//	4  web  api  cli  what people and programs talk to
//	3  desk  gallery  courier  herald  export      use cases; they declare the interfaces they need
//	2  store  queue  wechat  wechat/sandbox  site  notice      adapters; they never know each other
//	1  markup  intake  photo  blob  config  office     pure parts; they know only the domain
//	0  press          the domain, standard library only
package archtest
