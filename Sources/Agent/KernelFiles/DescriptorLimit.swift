import CLinux

/// Lets the process hold as many files open as the system allows it: each CPU and memory channel takes one, each
/// container seven, and the usual soft limit of 1024 is soon reached. A refusal shows as EMFILE when they are opened.
public func raiseDescriptorLimit() { _ = reeve_raise_descriptor_limit() }
