package io.millrace.jobs.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Wall and processor time since it was made, in seconds. */
final class Clock {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final long wall = System.nanoTime();
    private final long processor = PROCESS.getProcessCpuTime();

    double seconds() {
        return (System.nanoTime() - wall) * 1e-9;
    }

    /** Of all threads of this process. */
    double cpuSeconds() {
        return (PROCESS.getProcessCpuTime() - processor) * 1e-9;
    }
}
