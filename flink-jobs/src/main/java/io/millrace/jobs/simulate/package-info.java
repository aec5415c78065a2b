/**
 * A seeded world of users and items whose click probabilities are known, the events it makes, and
 * the producer that writes events to Kafka.
 */
@NullMarked
package io.millrace.jobs.simulate;

import org.jspecify.annotations.NullMarked;
