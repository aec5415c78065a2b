package io.millrace.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * All that is logged in this JVM while this is open, our own packages at level debug and others at
 * info; it goes nowhere else.
 */
public final class CapturedLog implements AutoCloseable {

    private static final String OURS = "io.millrace";

    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final LoggerConfig root = context.getConfiguration().getRootLogger();
    private final Level level = root.getLevel();
    private final Map<String, Appender> appenders = Map.copyOf(root.getAppenders());
    private final Lines lines = new Lines();

    public CapturedLog() {
        lines.start();
        appenders.keySet().forEach(root::removeAppender);
        root.addAppender(lines, null, null);
        root.setLevel(Level.INFO);
        Configurator.setLevel(OURS, Level.DEBUG);
        context.updateLoggers();
    }

    /** Messages and stack traces. */
    public String text() {
        return String.join("\n", lines.written);
    }

    @Override
    public void close() {
        root.removeAppender(lines.getName());
        appenders.values().forEach(appender -> root.addAppender(appender, null, null));
        root.setLevel(level);
        context.getConfiguration().removeLogger(OURS);
        context.updateLoggers();
        lines.stop();
    }

    private static final class Lines extends AbstractAppender {
        private final List<String> written = new CopyOnWriteArrayList<>();

        Lines() {
            super("captured", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            StringWriter line = new StringWriter();
            line.write(event.getLevel() + " " + event.getLoggerName() + " ");
            line.write(event.getMessage().getFormattedMessage());
            if (event.getThrown() != null) {
                line.write("\n");
                event.getThrown().printStackTrace(new PrintWriter(line, true));
            }
            written.add(line.toString());
        }
    }
}
