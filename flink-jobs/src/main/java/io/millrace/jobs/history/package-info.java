/** Recorded events in the order of event time: files and ranges of Kafka topics. */
@NullMarked
package io.millrace.jobs.history;

import org.jspecify.annotations.NullMarked;
