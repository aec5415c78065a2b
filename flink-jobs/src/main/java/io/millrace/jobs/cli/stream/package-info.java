/** Kafka as the commands use it: brokers, topics, tails of topics, and events as lines of text. */
@NullMarked
package io.millrace.jobs.cli.stream;

import org.jspecify.annotations.NullMarked;
