package io.millrace.jobs.backtest;

/** What the source of a history sends: first its profiles, then its events. */
sealed interface HistoryRecord permits NumberedEvent, NumberedProfile {

    /** Among all that is sent, from 0, without gaps. */
    long place();
}
