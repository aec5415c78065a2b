package io.millrace.jobs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The warnings that one logger writes while this is open; they go nowhere else. */
final class LoggedWarnings implements AutoCloseable {

    private final Logger logger;
    private final Kept kept = new Kept();

    LoggedWarnings(String loggerName) {
        logger = (Logger) LogManager.getLogger(loggerName);
        kept.start();
        logger.addAppender(kept);
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
    }

    List<String> messages() {
        return List.copyOf(kept.messages);
    }

    @Override
    public void close() {
        logger.setLevel(null);
        logger.setAdditive(true);
        logger.removeAppender(kept);
        kept.stop();
    }

    private static final class Kept extends AbstractAppender {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        Kept() {
            super("kept", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            messages.add(event.getMessage().getFormattedMessage());
        }
    }
}
