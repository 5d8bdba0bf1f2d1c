/// One value for each function, found by its place; functions that were never written have the value of a new one.
///
/// The table grows to the highest function it has been asked to change.
public struct FunctionTable<Value: Sendable>: Sendable {
    private var values: [Value] = []
    private let fresh: Value

    /// A table in which each function begins with `fresh`.
    public init(startingWith fresh: Value) {
        self.fresh = fresh
    }

    /// The value of `function`.
    public subscript(_ function: FunctionIndex) -> Value {
        get { function.place < values.count ? values[function.place] : fresh }
        _modify {
            if function.place >= values.count {
                values.append(contentsOf: repeatElement(fresh, count: function.place + 1 - values.count))
            }
            yield &values[function.place]
        }
    }
}
