import Harvesting
import Testing

@Suite("The history of a function")
struct FunctionHistoryTests {
    static let user = Records.units(8, 8)

    static func call(_ sequence: Int, peak: Int, safeguarded: Bool = false, succeeded: Bool = true) -> FinishedInvocation {
        Records.finished(
            sequence, user: user, allocated: user, peak: Resources(millicores: peak, mebibytes: peak / 10),
            safeguarded: safeguarded, succeeded: succeeded)
    }

    @Test func `the last call is the one that arrived last, whatever ended last`() {
        var history = FunctionHistory()
        #expect(history.last == nil && history.recentPeak == .zero)
        history.finished(Self.call(3, peak: 300))
        history.finished(Self.call(1, peak: 100))
        #expect(history.last?.sequence == 3)
        #expect(history.finishedCount == 2)
    }

    @Test func `recent is the largest peak since the newest safeguarded call, and that one's`() {
        var history = FunctionHistory()
        history.finished(Self.call(0, peak: 900))
        history.finished(Self.call(1, peak: 200, safeguarded: true))
        #expect(history.recentPeak.millicores == 200)
        history.finished(Self.call(2, peak: 400))
        history.finished(Self.call(3, peak: 300))
        #expect(history.recentPeak == Resources(millicores: 400, mebibytes: 40))
        history.finished(Self.call(4, peak: 100, safeguarded: true))
        #expect(history.recentPeak.millicores == 100)
    }

    @Test func `a call that arrived after a calibration counts though it ended before it`() {
        var history = FunctionHistory()
        history.finished(Self.call(0, peak: 900, safeguarded: true))
        history.finished(Self.call(2, peak: 500))
        history.finished(Self.call(1, peak: 200, safeguarded: true))
        #expect(history.recentPeak.millicores == 500)
    }

    @Test func `a call that arrived before a calibration does not count when it ends after it`() {
        var history = FunctionHistory()
        history.finished(Self.call(1, peak: 200, safeguarded: true))
        history.finished(Self.call(0, peak: 900))
        #expect(history.recentPeak.millicores == 200)
    }

    @Test func `what failed tells nothing of peaks`() {
        var history = FunctionHistory()
        history.finished(Self.call(0, peak: 200))
        history.finished(Self.call(1, peak: 700, succeeded: false))
        #expect(history.recentPeak.millicores == 200)
        #expect(history.last?.succeeded == false)
    }

    @Test func `means are over what is there, and absent before`() {
        var history = FunctionHistory()
        #expect(history.meanIntervalSeconds == nil && history.meanPeakMillicores == nil)
        for arrival in [10.0, 10, 14, 20] { history.arrived(atSeconds: arrival) }
        #expect(history.meanIntervalSeconds == 5, "calls of the same instant leave no gap")
        #expect(history.arrivedCount == 4)
        history.finished(Records.finished(0, user: Self.user, allocated: Self.user, peak: Records.units(1, 2), seconds: 2))
        history.finished(Records.finished(1, user: Self.user, allocated: Self.user, peak: Records.units(2, 4), seconds: 5))
        #expect(history.meanPeakMillicores == 1_500 && history.meanPeakMebibytes == 192)
        #expect(history.meanExecutionSeconds == 3.5 && history.meanCompletionSeconds == 3.5)
    }
}
