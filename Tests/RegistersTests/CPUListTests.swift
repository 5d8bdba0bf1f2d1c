import Registers
import Testing

struct CPUListTests {
    @Test(arguments: [
        ("0-3,8\n", [0, 1, 2, 3, 8]), ("5", [5]), ("", []), ("\n", []), ("7,1-2,2", [1, 2, 7]), ("4-4", [4]),
    ])
    func listsAreReadAscendingAndEachOnce(text: String, numbers: [Int]) {
        #expect(CPUList.parse(text) == numbers)
    }

    @Test(arguments: ["3-1", "a", "1,,2", "-1", "1-2-3", "1 2", "0-99999999999", "1,"])
    func whatIsNoListIsRefused(text: String) {
        #expect(CPUList.parse(text) == nil)
    }

    @Test(arguments: [([0, 1, 2, 3, 8], "0-3,8"), ([], ""), ([4, 2], "2,4"), ([1, 1, 2], "1-2")])
    func runsAreDrawnTogether(numbers: [Int], text: String) {
        #expect(CPUList.format(numbers) == text)
    }
}
