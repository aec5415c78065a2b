/** What a backtest says: its page, its JSON, its words, and how far it is. */
@NullMarked
package io.millrace.jobs.cli.backtest;

import org.jspecify.annotations.NullMarked;
