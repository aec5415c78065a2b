package io.millrace.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What some loggers write while this is open, with its context; it goes nowhere else. */
final class LoggedLines implements AutoCloseable {

    private final List<Logger> loggers;
    private final Kept kept = new Kept();

    LoggedLines(Class<?>... loggers) {
        this.loggers =
                Stream.of(loggers)
                        .map(logger -> (Logger) LogManager.getLogger(logger.getName()))
                        .toList();
        kept.start();
        for (Logger logger : this.loggers) {
            logger.addAppender(kept);
            logger.setAdditive(false);
        }
        // An added appender makes log4j forget the levels that have been set.
        this.loggers.forEach(logger -> logger.setLevel(Level.INFO));
    }

    /** The lines of one of the loggers. */
    List<Line> of(Class<?> logger) {
        return kept.lines.stream().filter(line -> line.logger().equals(logger.getName())).toList();
    }

    @Override
    public void close() {
        for (Logger logger : loggers) {
            logger.setLevel(null);
            logger.setAdditive(true);
            logger.removeAppender(kept);
        }
        kept.stop();
    }

    /**
     * A line of the log.
     *
     * @param context keys and values of SLF4J's mapped diagnostic context
     */
    record Line(String logger, String thread, String message, Map<String, String> context) {}

    private static final class Kept extends AbstractAppender {
        private final List<Line> lines = new CopyOnWriteArrayList<>();

        Kept() {
            super("lines", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(
                    new Line(
                            event.getLoggerName(),
                            event.getThreadName(),
                            event.getMessage().getFormattedMessage(),
                            event.getContextData().toMap()));
        }
    }
}
