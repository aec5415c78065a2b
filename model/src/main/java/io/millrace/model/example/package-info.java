/** Examples: what a model learns from. */
@NullMarked
package io.millrace.model.example;

import org.jspecify.annotations.NullMarked;
