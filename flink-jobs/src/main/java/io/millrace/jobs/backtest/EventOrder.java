package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.FeatureEventSerializer;
import io.millrace.jobs.label.LabelEvent;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Puts what was read in parallel back in the history's order, and says how far event time has come:
 * before each event, to the largest time so far less the out-of-orderness. Profiles come before all
 * events and do not move it. So all that follows is a function of the history alone. Parallelism 1.
 *
 * <p>What waits for its turn is no state: the only checkpoint of a backtest comes when nothing
 * waits any more.
 */
final class EventOrder extends AbstractStreamOperator<LabelEvent<BacktestExample>>
        implements OneInputStreamOperator<ReadEvent, LabelEvent<BacktestExample>> {

    /** What is not for the pipelines: rejected events, what was read, and the end. */
    static final OutputTag<JudgeEvent> ASIDE = new OutputTag<>("aside", JudgeEventSerializer.TYPE);

    /** What profiles say to rows. */
    static final OutputTag<FeatureEvent> PROFILES =
            new OutputTag<>("profiles", FeatureEventSerializer.TYPE);

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final long outOfOrderness;

    // -- runtime

    private transient Long2ObjectOpenHashMap<ReadEvent> waiting;
    private transient long next;
    private transient long events;
    private transient long profiles;
    private transient MessageDigest fingerprint;
    private transient long largestTime;
    private transient long watermark;

    EventOrder(Duration outOfOrderness) {
        this.outOfOrderness = outOfOrderness.toMillis();
    }

    @Override
    public void open() throws Exception {
        super.open();
        waiting = new Long2ObjectOpenHashMap<>();
        fingerprint = Digest.sha256();
        largestTime = Long.MIN_VALUE;
        watermark = Long.MIN_VALUE;
    }

    @Override
    public void processElement(StreamRecord<ReadEvent> element) {
        ReadEvent event = element.getValue();
        if (event.place() != next) {
            waiting.put(event.place(), event);
            return;
        }
        while (event != null) {
            send(event);
            next++;
            event = waiting.remove(next);
        }
    }

    /** The readers' watermark says nothing, but for the end. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (!mark.equals(Watermark.MAX_WATERMARK)) {
            return;
        }
        if (!waiting.isEmpty()) {
            throw new IllegalStateException(
                    "record "
                            + next
                            + " of the history was never read, although "
                            + waiting.size()
                            + " later ones were");
        }
        if (largestTime != Long.MIN_VALUE) {
            // All there is of earlier times has come.
            advanceTo(largestTime - 1);
        }
        super.processWatermark(mark);
    }

    @Override
    public void finish() throws Exception {
        tellProfiles();
        output.collect(ASIDE, new StreamRecord<>(new JudgeEvent.Ended(events)));
        super.finish();
    }

    private void send(ReadEvent event) {
        for (RejectedEvent rejected : event.rejected()) {
            output.collect(
                    ASIDE, new StreamRecord<>(new JudgeEvent.Rejected(event.number(), rejected)));
        }
        if (event.isProfile()) {
            send(event.profile());
            return;
        }
        tellProfiles();
        events++;
        if (event.event() != null) {
            largestTime = Math.max(largestTime, event.time());
            // Before the event itself, so that one that passes a sync is predicted behind it.
            advanceTo(largestTime - outOfOrderness - 1);
            output.collect(new StreamRecord<>(event.event(), event.time()));
        }
    }

    private void send(ReadEvent.@Nullable Profile profile) {
        if (profile == null) {
            return;
        }
        for (FeatureEvent update : profile.updates()) {
            output.collect(PROFILES, new StreamRecord<>(update, update.time()));
        }
        profiles++;
        fingerprint.update(ByteBuffer.allocate(Long.BYTES).putLong(profile.digest()).flip());
    }

    /** Once, behind the last. */
    private void tellProfiles() {
        if (profiles > 0) {
            String all = HexFormat.of().formatHex(fingerprint.digest());
            output.collect(ASIDE, new StreamRecord<>(new JudgeEvent.Profiles(profiles, all)));
            profiles = 0;
        }
    }

    private void advanceTo(long time) {
        if (time > watermark) {
            watermark = time;
            output.emitWatermark(new Watermark(time));
        }
    }
}
