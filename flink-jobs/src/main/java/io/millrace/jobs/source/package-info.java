/** From Kafka records to decoded events, their positions, and dead letters. */
@NullMarked
package io.millrace.jobs.source;

import org.jspecify.annotations.NullMarked;
