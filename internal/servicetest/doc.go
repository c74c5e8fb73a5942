// Package servicetest starts the real services that tests stand on, each of its own and gone afterwards: nothing listens on
// a port, and nothing is shared with other tests or with the machine's own services.
package servicetest
