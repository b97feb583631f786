import NIOPosix

/// The one thread that sends and receives, for as long as the command runs.
enum EventLoops {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
}
