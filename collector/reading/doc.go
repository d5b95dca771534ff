// Package reading is the content of one telegram of a meter: its values with
// their quantities and units, and which of them is the meter's reading.
//
// It must never know a list of meters, a campaign or a broker.
package reading
