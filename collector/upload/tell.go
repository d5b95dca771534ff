package upload

// The connection and the sender have their own goroutines, but the observer
// is called from that of Run alone: they leave word here.

// tell has the observer called soon.
func (u *Uploader) tell(what func(Observer)) {
	u.mu.Lock()
	u.news = append(u.news, what)
	u.mu.Unlock()
	u.session.progress.set()
}

// tellUp says that the broker is connected.
func (u *Uploader) tellUp() {
	u.mu.Lock()
	u.up, u.down = true, nil
	u.mu.Unlock()
	u.changed.give()
	u.tell(func(o Observer) { o.Connected(u.broker) })
}

// tellDown says why the broker is not connected, unless that was said.
func (u *Uploader) tellDown(err error) {
	u.mu.Lock()
	said := !u.up && u.down != nil && u.down.Error() == err.Error()
	u.up, u.down = false, err
	u.mu.Unlock()
	u.changed.give()
	if !said {
		u.tell(func(o Observer) { o.Disconnected(err) })
	}
}

// tellHeld says why sending pauses.
func (u *Uploader) tellHeld(err error) {
	u.tell(func(o Observer) { o.Held(err) })
}

// report calls the observer with what was left here.
func (u *Uploader) report() {
	u.mu.Lock()
	news := u.news
	u.news = nil
	u.mu.Unlock()
	for _, what := range news {
		what(u.observer)
	}
}
