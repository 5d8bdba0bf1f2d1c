import Harvesting
import Testing

@Suite("The grid of allocations")
struct AllocationGridTests {
    let grid = AllocationGrid.published

    @Test func `candidates are numbered row by row, memory running fastest`() {
        #expect(AllocationGrid.count == 64)
        #expect(grid.allocation(of: 0) == Resources(millicores: 1_000, mebibytes: 64))
        #expect(grid.allocation(of: 7) == Resources(millicores: 1_000, mebibytes: 512))
        #expect(grid.allocation(of: 8) == Resources(millicores: 2_000, mebibytes: 64))
        #expect(grid.allocation(of: 63) == grid.maximum)
        for index in 0..<AllocationGrid.count {
            #expect(
                AllocationGrid.index(
                    cpu: AllocationGrid.cpuSteps(of: index), memory: AllocationGrid.memorySteps(of: index)) == index)
        }
    }

    @Test(arguments: [
        (Resources(millicores: 1_000, mebibytes: 64), 0),
        (Resources(millicores: 1_001, mebibytes: 64), 8),
        (Resources(millicores: 2_500, mebibytes: 65), 17),
        (Resources(millicores: 9_000, mebibytes: 4_096), 63),
        (Resources.zero, 0),
    ])
    func `an amount is covered by the least candidate that holds it`(amount: Resources, index: Int) {
        #expect(grid.index(covering: amount) == index)
    }
}
