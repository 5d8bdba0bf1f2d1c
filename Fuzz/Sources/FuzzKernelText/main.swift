@testable internal import Containers
internal import FuzzDriver
internal import Glibc
internal import Registers

/// The parsers of what the kernel and the kubelet write: CPU lists, the paths and files of control groups, and the names
/// of log folders.
func parse(_ bytes: UnsafeRawBufferPointer) {
    guard let kind = bytes.first else { return }
    let text = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    switch kind % 5 {
    case 0:
        let list = String(decoding: text, as: UTF8.self)
        guard let numbers = CPUList.parse(list) else { return }
        precondition(CPUList.parse(CPUList.format(numbers)) == numbers, "a list of CPUs changes by being written")
    case 1:
        _ = ContainerIdentity(cgroupPath: Array(text))
    case 2:
        _ = CgroupText.number(text)
        for key in ["user_usec", "usage_usec", "total_inactive_file", ""] as [StaticString] {
            _ = CgroupText.number(text, key: key)
        }
    case 3:
        _ = CPUQuota(maximum: text)
        _ = CPUQuota(quota: text, periodMicroseconds: 100_000)
        _ = MemoryCeiling(text)
    default:
        let name = String(decoding: text, as: UTF8.self)
        _ = PodLogFolder(name: name)
        _ = ContainerLogLink(name: name)
    }
}

exit(
    reeve_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { data, count in
        parse(UnsafeRawBufferPointer(start: data, count: count))
        return 0
    })
