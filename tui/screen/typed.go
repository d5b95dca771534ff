package screen

// Message is what Say shows, "" if it shows nothing.
func (h *Host) Message() string { return h.flash.text }

// Answer accepts a text for the prompt as if it had been typed; "" keeps what the prompt
// begins with.
func (h *Host) Answer(text string) {
	if text != "" {
		h.input.SetValue(typed(text))
	}
	h.TakePrompt()
}
