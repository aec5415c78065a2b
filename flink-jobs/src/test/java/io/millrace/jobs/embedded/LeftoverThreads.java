package io.millrace.jobs.embedded;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The threads that were started since, and are still there. */
final class LeftoverThreads {

    private static final Duration GRACE = Duration.ofSeconds(10);

    /** Threads that the JDK and Flink keep for the life of a JVM, once they are needed. */
    private static final Set<String> PERMANENT =
            Set.of("process reaper", "FlinkCompletableFutureDelayScheduler-thread-1");

    private final Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

    /** Names of those that do not end within a grace period. */
    List<String> names() throws InterruptedException {
        Set<Thread> started = new HashSet<>(Thread.getAllStackTraces().keySet());
        started.removeAll(before);
        started.removeIf(thread -> PERMANENT.contains(thread.getName()));
        for (Thread thread : started) {
            thread.join(GRACE.toMillis());
        }
        return started.stream().filter(Thread::isAlive).map(Thread::getName).sorted().toList();
    }
}
