// Package receivers keeps receivers receiving. A receiver that is lost is
// opened again, one that answers and hears nothing is reset, and one that
// cannot hear all link modes at once takes turns. A campaign, several sites
// that share receivers, a gateway that forwards, and a recording all use the
// same loop; each has its own Observer.
//
//   - group.go: the API: Open, and a Group of receivers with its Run;
//   - member.go: one receiver: the loop, resets and link modes;
//   - observer.go: what the loop reports;
//   - silence.go: what a receiver hears, and when it is deaf;
//   - turns.go: which link modes take turns, and for how long;
//   - presence.go: when each receiver was away;
//   - twins.go, newest.go: telegrams that several receivers bring.
//
// It must never know a meter list, what a telegram holds, a store or a screen.
package receivers
