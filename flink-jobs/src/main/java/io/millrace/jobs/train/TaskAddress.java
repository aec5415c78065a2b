package io.millrace.jobs.train;

import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.execution.Environment;

/**
 * One trainer or shard of one pipeline of one job, where it runs.
 *
 * @param taskManager names the process, or the one of several task managers in it
 * @param subtask of the trainer or of the shard
 */
record TaskAddress(String taskManager, JobID job, String pipeline, int subtask) {

    /** That of a subtask in the task manager of this environment. */
    static TaskAddress in(Environment environment, String pipeline, int subtask) {
        return new TaskAddress(
                environment.getTaskManagerInfo().getTmpWorkingDirectory().getPath(),
                environment.getJobID(),
                pipeline,
                subtask);
    }
}
