/// An event in the terms of perf_event_open(2).
struct PerfEventCode: Hashable, Sendable {
    /// Which kernel driver counts it: 0 and 1 are the kernel's own generic hardware and software events, 4 is the raw
    /// events of the core, and other PMUs have the number that their `type` file holds (linux/perf_event.h).
    var type: UInt32
    /// Which event, in the encoding of that driver.
    var config: UInt64
    var config1: UInt64 = 0
    var config2: UInt64 = 0
}

/// How an event is opened.
struct PerfOpenFlags: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    /// It does not count before its group is enabled.
    static let disabled = PerfOpenFlags(rawValue: 1)
    /// It has a counter always or not at all; without one it gives end of file. Only a group's leader can be pinned.
    static let pinned = PerfOpenFlags(rawValue: 2)
}

/// An open event.
struct PerfHandle: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32
}

/// The error number with which a system call on an event failed.
struct PerfErrno: Error, Hashable, Sendable {
    let number: Int32
}

/// The way to the kernel's performance events.
///
/// The door to the kernel: `KernelPerfDoor` is the real one, `ScriptedPerfDoor` lets a test script every fault.
protocol PerfDoor: AnyObject, Sendable {
    /// Opens `event` for all processes on `cpu`, as the leader of a group or as a member of `leader`'s.
    func open(
        _ event: PerfEventCode, cpu: Int, leader: PerfHandle?, flags: PerfOpenFlags
    ) throws(PerfErrno) -> PerfHandle
    /// Sets the group of `leader` going.
    func enable(_ leader: PerfHandle) throws(PerfErrno)
    /// Fills `words` with what the group of `leader` counted, without growing it, and gives the number of bytes: 0 for
    /// a group that lost its counters for good. The words are the number of members, nanoseconds enabled, nanoseconds
    /// running, and one count per member in the order of opening.
    func read(_ leader: PerfHandle, into words: inout [UInt64]) throws(PerfErrno) -> Int
    /// Closes an event. A group's leader is closed last.
    func close(_ handle: PerfHandle)
}
