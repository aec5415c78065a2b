package io.millrace.jobs.telemetry;

import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What a log line says of where it comes from, as keys of SLF4J's mapped diagnostic context: {@code
 * job}, {@code subtask} and, while one version is at work, {@code version}. Flink adds its own
 * {@code flink-job-id}.
 *
 * <p>A task's thread is its own, so a context that is set when an operator opens ends with it.
 */
public final class LogContext {

    /** The job's name, such as {@code train clicks}. */
    public static final String JOB = "job";

    /** The task's first operator and which of its subtasks, such as {@code trainer 1/2}. */
    public static final String SUBTASK = "subtask";

    /** The number of the version that is published or loaded. */
    public static final String VERSION = "version";

    /** Flink's own separator in the name of a task of several operators. */
    private static final String CHAIN = " -> ";

    private LogContext() {}

    /** Gives the calling thread, which is a task's, the task's context. */
    public static void enter(RuntimeContext context) {
        TaskInfo task = context.getTaskInfo();
        String first = task.getTaskName().split(CHAIN, 2)[0];
        MDC.put(JOB, context.getJobInfo().getJobName());
        MDC.put(
                SUBTASK,
                first
                        + " "
                        + (task.getIndexOfThisSubtask() + 1)
                        + "/"
                        + task.getNumberOfParallelSubtasks());
    }

    /** Says until it is closed which version the calling thread works on. */
    public static MDC.MDCCloseable version(long version) {
        return MDC.putCloseable(VERSION, Long.toString(version));
    }

    /** Daemon threads of this name that work for the calling thread, and so have its context. */
    public static ThreadFactory threads(String name) {
        @Nullable Map<String, String> context = MDC.getCopyOfContextMap();
        return task -> {
            Thread made =
                    new Thread(
                            () -> {
                                if (context != null) {
                                    MDC.setContextMap(context);
                                }
                                task.run();
                            },
                            name);
            made.setDaemon(true);
            return made;
        };
    }
}
