package io.millrace.jobs.failure;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another main class in a JVM that ends when the process that started it does, even by {@code
 * kill -9}: the end of the standard input is the sign.
 */
final class DiesWithParent {

    private static final int STATUS = 3;

    private DiesWithParent() {}

    /** The first argument names the main class, the others are its own. */
    public static void main(String[] arguments) throws Throwable {
        Thread watch = new Thread(DiesWithParent::awaitParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            Class.forName(arguments[0])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void awaitParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(STATUS);
    }
}
