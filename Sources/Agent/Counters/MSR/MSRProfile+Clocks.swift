import Registers

extension MSRProfile {
    /// The clocks of each CPU that Intel and AMD have alike: time stamp, MPERF and APERF. The last two give C0 and the
    /// actual clock where the core's counters are somebody else's.
    static func clocks(_ processor: ProcessorDescription) -> [FreeRegister] {
        var clocks: [FreeRegister] = []
        if processor.timeStampFlaw == nil { clocks.append(FreeRegister(.timeStamp, .timeStampCounter)) }
        if processor.performanceClockFlaw == nil {
            clocks += [
                FreeRegister(.maximumClock, .maximumPerformanceClock),
                FreeRegister(.actualClock, .actualPerformanceClock),
            ]
        }
        return clocks
    }

    /// Why the clocks that `clocks` leaves out are not to be had.
    static func clockAbsences(_ processor: ProcessorDescription) -> [Quantity: String] {
        var absences: [Quantity: String] = [:]
        absences[.timeStamp] = processor.timeStampFlaw
        absences[.maximumClock] = processor.performanceClockFlaw
        absences[.actualClock] = processor.performanceClockFlaw
        return absences
    }
}
