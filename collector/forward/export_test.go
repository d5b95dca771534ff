package forward

// Refuse takes out a telegram as one that the broker refused.
func Refuse(q *Queue, seq int64) { q.refuse(seq) }

// CountsOf is what a queue has counted.
func CountsOf(q *Queue) Counts {
	var c Counts
	q.fill(&c)
	return c
}
