package io.millrace.jobs.label;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The state that the label join of version 0.1.0 leaves, without its output. */
final class LabelStateOf010
        extends KeyedProcessFunction<String, LabelEvent<Example>, LabelOutcome<Example>>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final long window;
    private transient ValueState<Example> impressions;
    private transient ValueState<Clicked> clicks;
    private transient ListState<Long> waiting;
    private transient long count;

    LabelStateOf010(long window) {
        this.window = window;
    }

    @Override
    public void open(OpenContext context) {
        impressions =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("impression", ExampleSerializer.TYPE));
        clicks =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE));
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        waiting =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("waiting", Types.LONG));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        waiting.update(List.of(count));
    }

    @Override
    public void processElement(
            LabelEvent<Example> event, Context context, Collector<LabelOutcome<Example>> out)
            throws Exception {
        Clicked before = clicks.value();
        if (event instanceof LabelEvent.Impressed<Example> impressed) {
            if (before == null) {
                count++;
            } else {
                context.timerService().deleteEventTimeTimer(before.time() + window);
            }
            impressions.update(impressed.example());
            context.timerService().registerEventTimeTimer(impressed.example().eventTime() + window);
        } else if (event instanceof LabelEvent.OfClick<Example> click) {
            if (impressions.value() == null) {
                context.timerService().registerEventTimeTimer(click.click().time() + window);
            } else {
                count--;
            }
            clicks.update(click.click());
        }
    }
}
