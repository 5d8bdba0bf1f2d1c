import CLinux

/// Lets the process hold as many files open as the system allows it: each CPU and memory channel takes one, and the
/// usual soft limit of 1024 is below the CPU count of large machines. A refusal shows as EMFILE when they are opened.
func raiseDescriptorLimit() { _ = reeve_raise_descriptor_limit() }
