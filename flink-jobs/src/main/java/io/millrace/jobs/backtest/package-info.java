/** Operators that put recorded events in order, share them out, and record what was predicted. */
@NullMarked
package io.millrace.jobs.backtest;

import org.jspecify.annotations.NullMarked;
