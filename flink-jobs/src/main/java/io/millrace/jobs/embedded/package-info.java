/** Kafka and Flink inside this JVM: what the demo, the command line and the tests run on. */
@NullMarked
package io.millrace.jobs.embedded;

import org.jspecify.annotations.NullMarked;
