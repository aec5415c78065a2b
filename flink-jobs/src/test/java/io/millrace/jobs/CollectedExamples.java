package io.millrace.jobs;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of a job that keeps all examples in its state, each once whatever fails, and tells of
 * them when the input has ended. It fails by itself at planned places, as seen by all its attempts.
 */
final class CollectedExamples {

    private static final Map<String, List<Example>> ENDED = new ConcurrentHashMap<>();
    private static final Map<String, Failures> PLANNED = new ConcurrentHashMap<>();

    private CollectedExamples() {}

    /**
     * Adds the end.
     *
     * @param run a name of its own
     * @param failures how many there are to be
     * @param examples within so many of them
     */
    static void of(DataStream<Example> stream, String run, int failures, int examples, long seed) {
        PLANNED.put(run, new Failures(failures, examples, new Random(seed)));
        stream.rebalance()
                .transform("collect", Types.VOID, new Collect(run))
                .uid("collect")
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .name("end")
                .uid("end")
                .setParallelism(1);
    }

    /** All examples of a run that has ended. */
    static List<Example> of(String run) {
        return ENDED.get(run);
    }

    /** How many of the planned failures have not come. */
    static int failuresLeft(String run) {
        return PLANNED.get(run).left.size();
    }

    private static final class Collect extends AbstractStreamOperator<Void>
            implements OneInputStreamOperator<Example, Void> {

        private static final long serialVersionUID = 1L;

        private final String run;
        private transient ListState<Example> state;
        private transient List<Example> examples;

        Collect(String run) {
            this.run = run;
        }

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            state =
                    context.getOperatorStateStore()
                            .getListState(
                                    new ListStateDescriptor<>("examples", ExampleSerializer.TYPE));
            examples = new ArrayList<>();
            state.get().forEach(examples::add);
        }

        @Override
        public void processElement(StreamRecord<Example> element) {
            examples.add(element.getValue());
            PLANNED.get(run).failIfDue();
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            state.update(examples);
        }

        @Override
        public void finish() throws Exception {
            ENDED.put(run, List.copyOf(examples));
            super.finish();
        }
    }

    private static final class Failures {

        private final NavigableSet<Integer> left = new TreeSet<>();
        private int seen;

        Failures(int count, int within, Random random) {
            while (left.size() < count) {
                left.add(1 + random.nextInt(within));
            }
        }

        synchronized void failIfDue() {
            seen++;
            if (!left.isEmpty() && seen >= left.first()) {
                left.pollFirst();
                throw new IllegalStateException("planned failure at example " + seen);
            }
        }
    }
}
