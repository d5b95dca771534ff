package readiness

// Why is the reason for a finding, a code that packages of words make a sentence of.
type Why string

// The reasons. Detail is what follows the colon.
const (
	WhyNotHeard     Why = "not_heard"     // no telegram
	WhyTwoMeters    Why = "two_meters"    // two meters send with its number
	WhyNoKey        Why = "no_key"        // encrypted, and the list has no key
	WhyRefused      Why = "refused"       // the list's key does not open it
	WhyPublicKey    Why = "public_key"    // only a key that its maker published opens it
	WhyPlainOnly    Why = "plain_only"    // only in clear, though the list has a key
	WhyUnread       Why = "unread"        // nothing of it could be read
	WhyUnproved     Why = "unproved"      // opened, and nothing proves that the key is right: mode
	WhyTooFew       Why = "too_few"       // too few telegrams so far
	WhyNoRadio      Why = "no_radio"      // the list says that it has none
	WhyHeardOutside Why = "heard_outside" // by a receiver outside the flats: its name
	WhyNoFlat       Why = "no_flat"       // it is not in a flat
	WhyWhereUnknown Why = "where_unknown" // heard, and nobody says where the receiver was
	WhyOpened       Why = "opened"        // by the list's key: mode
	WhyInClear      Why = "in_clear"      // not encrypted
	WhyOwnLayout    Why = "own_layout"    // the maker's own layout
	WhyStandard     Why = "standard"      // standard records: quantity
	WhyNoReading    Why = "no_reading"    // no reading in its telegrams
	WhyMode         Why = "mode"          // security mode, and link mode if it counts
	WhyScrambled    Why = "scrambled"     // the maker's own scrambling: mode
	WhyOldMode      Why = "old_mode"      // a mode without AES: mode
	WhySharedKey    Why = "shared_key"    // another meter has its key: line
	WhyDeclaration  Why = "declaration"   // the maker has to declare it: link mode and mode
	WhyMonthEnd     Why = "month_end"     // day
	WhyStays        Why = "stays"         // a receiver that remains hears it: its name
	WhyYearly       Why = "yearly"        // only the value of the due date: day
	WhyPresentOnly  Why = "present_only"  // only the present value
	WhyNoLimit      Why = "no_limit"      // nothing is asked of the medium: medium
	WhySends        Why = "sends"         // how often: duration
	WhyReading      Why = "reading"       // quantity
	WhyStoredOnly   Why = "stored_only"   // stored values only
	WhyPartly       Why = "partly"        // not read to its end
	WhyCounts       Why = "counts"        // unit
	WhyDueDate      Why = "due_date"      // day
	WhyOtherDay     Why = "other_day"     // a due date that was not agreed: day
	WhyUndated      Why = "undated"       // a due-date value without its day
	WhyNotSent      Why = "not_sent"      // not in its telegrams so far
	WhyClock        Why = "clock"         // how far it is ahead: duration
	WhyWinterTime   Why = "winter_time"   // an hour off: duration
	WhyLowBattery   Why = "low_battery"   // its alarm
	WhyBattery      Why = "battery"       // until when: day
	WhyPapers       Why = "papers"        // not in telegrams at all
)

// Whys are all reasons.
func Whys() []Why {
	return []Why{
		WhyNotHeard, WhyTwoMeters, WhyNoKey, WhyRefused, WhyPublicKey, WhyPlainOnly, WhyUnread, WhyUnproved, WhyTooFew, WhyNoRadio,
		WhyHeardOutside, WhyNoFlat, WhyWhereUnknown, WhyOpened, WhyInClear, WhyOwnLayout, WhyStandard, WhyNoReading, WhyMode, WhyScrambled,
		WhyOldMode, WhySharedKey, WhyDeclaration, WhyMonthEnd, WhyStays, WhyYearly, WhyPresentOnly, WhyNoLimit, WhySends, WhyReading,
		WhyStoredOnly, WhyPartly, WhyCounts, WhyDueDate, WhyOtherDay, WhyUndated, WhyNotSent, WhyClock, WhyWinterTime, WhyLowBattery,
		WhyBattery, WhyPapers,
	}
}
