/** From operators to Kafka topics. */
@NullMarked
package io.millrace.jobs.sink;

import org.jspecify.annotations.NullMarked;
