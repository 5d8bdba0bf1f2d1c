/// A place where it stands which packages functions need.
public enum RegistrySource: Hashable, Sendable {
    /// A file as the olscheduler has it: `[{"handle": name, "pkgs": [largest, ..., smallest]}]`.
    case olscheduler(path: String)
    /// A folder with the code of one function in each folder of its own, or in a file NAME.py.
    case functions(folder: String)
}
