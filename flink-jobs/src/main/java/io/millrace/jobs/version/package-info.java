/** Model versions at checkpoints: the pieces of a version, and their commit. */
@NullMarked
package io.millrace.jobs.version;

import org.jspecify.annotations.NullMarked;
