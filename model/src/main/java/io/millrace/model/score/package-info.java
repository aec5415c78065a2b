/**
 * Scoring with a model version, in any JVM: {@link io.millrace.model.score.Scorer} loads versions
 * and answers with the live one.
 */
@NullMarked
package io.millrace.model.score;

import org.jspecify.annotations.NullMarked;
