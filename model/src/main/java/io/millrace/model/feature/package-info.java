/** Features: what the pipeline file declares and how an event becomes keys and numbers. */
@NullMarked
package io.millrace.model.feature;

import org.jspecify.annotations.NullMarked;
