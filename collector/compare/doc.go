// Package compare says what changed between two campaigns of one site: before and after
// a repair, this year and last. Rows are matched by meter, and those that took each
// other's place by place and medium.
//
// It is pure: it compares two snapshots, and knows no store and no sentence.
package compare
