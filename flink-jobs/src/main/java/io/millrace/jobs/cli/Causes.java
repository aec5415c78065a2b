package io.millrace.jobs.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.JobException;
import org.apache.flink.runtime.client.JobExecutionException;
import org.jspecify.annotations.Nullable;

/** Finds the sentence to tell among the causes of a failure. */
final class Causes {

    private Causes() {}

    /** What the first failure that is not just a wrapping says. */
    static String sentence(Throwable problem) {
        Throwable told = problem;
        while (isWrapping(told) && told.getCause() != null) {
            told = told.getCause();
        }
        String message = told.getMessage();
        return message == null || message.isBlank() ? told.toString() : firstLine(message);
    }

    private static boolean isWrapping(Throwable problem) {
        return problem instanceof ExecutionException
                || problem instanceof CompletionException
                || problem instanceof JobExecutionException
                || problem instanceof JobException
                || isTextOfCause(problem.getMessage(), problem.getCause());
    }

    private static boolean isTextOfCause(@Nullable String message, @Nullable Throwable cause) {
        return cause != null && (message == null || message.equals(cause.toString()));
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }
}
