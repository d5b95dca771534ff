package handover

import (
	"slices"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// doing is what has to be done about an advice, and by whom.
type doing struct {
	who Who
	do  string // code: "send_key"; its sentences are report.task.<do>
}

// The things to do.
var (
	doAccess   = doing{WhoOwner, "access"}
	doRepair   = doing{WhoOwner, "repair"}
	doListen   = doing{WhoInstaller, "listen"}
	doLook     = doing{WhoInstaller, "look"}
	doCompare  = doing{WhoInstaller, "compare"}
	doList     = doing{WhoInstaller, "list"}
	doReceiver = doing{WhoInstaller, "receiver"}
	doDisturb  = doing{WhoInstaller, "disturbance"}
	doClock    = doing{WhoInstaller, "clock"}
	doFinish   = doing{WhoInstaller, "finish"}
	doKey      = doing{WhoSupplier, "send_key"}
	doSet      = doing{WhoSupplier, "set"}
	doFormat   = doing{WhoSupplier, "format"}
	doBroker   = doing{WhoOperator, "broker"}
)

// doings say whose work an advice is.
var doings = map[state.AdviceCode]doing{
	state.AdviceStatus: doRepair, state.AdviceSensors: doRepair,
	state.AdviceAddKey: doKey, state.AdviceAskForKey: doKey,
	state.AdviceClock: doClock, state.AdviceDueDate: doSet, state.AdviceUnproven: doSet, state.AdvicePublicKey: doSet, state.AdvicePlain: doSet,
	state.AdviceKeepTelegram: doFormat,
	state.AdviceAskBroker:    doBroker,
	state.AdviceCorrectKey:   doList, state.AdviceSwapKeys: doList, state.AdviceMendKey: doList, state.AdviceCorrectID: doList, state.AdviceCompareID: doList,
	state.AdviceCorrectList: doList, state.AdviceTellApart: doList, state.AdviceMedium: doList, state.AdviceNeighbour: doList,
	state.AdviceCompareDisplay: doCompare, state.AdvicePartial: doCompare, state.AdviceSame: doCompare, state.AdviceUnit: doCompare, state.AdviceSensor: doCompare,
	state.AdviceCounts:      doCompare,
	state.AdviceLookAtMeter: doLook, state.AdviceGoNearer: doLook,
	state.AdviceListenLonger: doListen, state.AdviceReceiverAway: doListen, state.AdviceCheckReceiver: doListen, state.AdviceNextTelegram: doListen,
	state.AdviceSecondTelegram: doListen, state.AdviceAwaitReading: doListen, state.AdviceWait: doListen, state.AdviceWaitSlow: doListen, state.AdviceComeBack: doListen,
	state.AdviceWeakFloor: doListen,
	state.AdviceAntenna:   doReceiver, state.AdviceReceiverCuts: doReceiver, state.AdviceCULCuts: doReceiver, state.AdviceNothingHeard: doReceiver, state.AdviceOtherSite: doReceiver,
	state.AdviceOtherMode: doReceiver, state.AdviceInterference: doDisturb, state.AdviceLoss: doReceiver, state.AdviceCut: doReceiver,
}

// doingOf is what a meter needs for an advice. A key that opens nothing is the
// supplier's work only if no other explanation is known.
func doingOf(a state.Advice) doing {
	if d, known := doings[a.Code]; known {
		return d
	}
	return doListen
}

// urgent are the statuses that do not wait.
var urgent = []wmbus.Status{wmbus.StatusSmokeAlarm, wmbus.StatusBurst, wmbus.StatusLeak}

// order is that in which a document names tasks.
var order = []doing{doAccess, doRepair, doLook, doListen, doCompare, doList, doReceiver, doDisturb, doClock, doFinish, doKey, doSet, doFormat, doBroker}

// tasks collect the meters that need the same.
type tasks map[doing]*Task

func (t tasks) add(d doing, m *Meter, isUrgent bool) {
	task := t[d]
	if task == nil {
		task = &Task{Who: d.who, Do: d.do}
		t[d] = task
	}
	task.Urgent = task.Urgent || isUrgent
	if !slices.Contains(task.Meters, m.Ref) {
		task.Lines, task.Meters = append(task.Lines, m.Line), append(task.Meters, m.Ref)
		task.Count++
	}
}
