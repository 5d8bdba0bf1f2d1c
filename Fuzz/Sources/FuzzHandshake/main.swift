internal import FuzzDriver
internal import Glibc

/// Raw bytes at a CURVE socket, before anybody has proven who he is: each input is one TCP connection. A real coordinator's
/// loop listens in this process, and a real agent goes on sending to it. Both must be alive after every so many inputs,
/// and the process must hold no more memory and no more descriptors than at first.
let coordinator = Coordinator.start()
let watch = Watch(coordinator: coordinator)

exit(
    reeve_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { data, count in
        Intruder.connect(port: coordinator.port, saying: UnsafeRawBufferPointer(start: data, count: count))
        watch.noteInput()
        return 0
    })
