package io.millrace.deploy.compose;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints the last lines of a stack's logs when a test on it fails. */
final class LogsOfFailure implements TestWatcher {

    /** A test on a stack. */
    interface HasStack {
        ComposeStack stack();
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        if (context.getRequiredTestInstance() instanceof HasStack test && test.stack() != null) {
            System.out.println(test.stack().logs());
        }
    }
}
