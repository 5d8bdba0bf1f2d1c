import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes `dev/cpu/N/cpuid`: what each CPU answers to the CPUID instruction, laid out as `FileCPUID` says.
struct CPUIDFiles {
    let files: TreeFiles

    /// Writes the answers of CPU `cpu`.
    func write(_ table: CPUIDTable, ofCPU cpu: Int) throws(VirtualTreeError) {
        let path = "dev/cpu/\(cpu)/cpuid"
        try files.makeFolder(ofFile: path)
        let full = "\(files.root)/\(path)"
        let descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw VirtualTreeError(action: "create", path: full, number: errno) }
        defer { close(descriptor) }
        for (key, answer) in table.answers {
            let words = [answer.eax, answer.ebx, answer.ecx, answer.edx]
            let offset = off_t(FileCPUID.fileOffset(leaf: key.leaf, subleaf: key.subleaf))
            let count = words.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset) }
            guard count == 16 else { throw VirtualTreeError(action: "write", path: full, number: errno) }
        }
    }
}
